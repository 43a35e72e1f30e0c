#include "daemon/web/clients.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace sonde::web {
namespace {

constexpr std::size_t small_page = std::size_t{64} * 1024;
constexpr std::size_t large_pages_max = 8;

bool reads_large(const Clients::Client& client) { return client.page->size() > small_page; }

}  // namespace

Clients::Place Clients::add(std::function<void()> cut) {
  return waiting_.insert(waiting_.end(),
                         Client{.cut = std::move(cut), .page = nullptr, .of = &waiting_});
}

void Clients::remove(Place client) { client->of->erase(client); }

void Clients::waits(Place client) {
  client->page = nullptr;
  if (client->of != &cut_) move(client, waiting_);
}

void Clients::is_answered(Place client) {
  if (client->of != &cut_) move(client, answered_);
}

void Clients::reads(Place client, std::shared_ptr<const std::string> page) {
  client->page = std::move(page);
  if (client->of != &cut_) move(client, reading_);
  bound_pages();
}

void Clients::bound_pages() {
  std::set<const std::string*> large;
  for (const Client& client : reading_)
    if (reads_large(client)) large.insert(client.page.get());
  if (large.size() <= large_pages_max) return;
  const std::string* oldest = std::ranges::find_if(reading_, reads_large)->page.get();
  for (auto client = reading_.begin(); client != reading_.end();) {
    const auto next = std::next(client);
    if (client->page.get() == oldest) cut(client);
    client = next;
  }
}

bool Clients::make_room() {
  std::list<Client>* most = &waiting_;
  for (auto* of : {&reading_, &answered_})
    if (of->size() > most->size()) most = of;
  if (most->empty()) return false;
  cut(most->begin());
  return true;
}

void Clients::cut_all() {
  for (auto* of : {&waiting_, &answered_, &reading_})
    while (!of->empty()) cut(of->begin());
}

void Clients::move(Place client, std::list<Client>& to) {
  to.splice(to.end(), *client->of, client);
  client->of = &to;
}

void Clients::cut(Place client) {
  move(client, cut_);
  client->cut();
}

}  // namespace sonde::web
