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

Clients::Place Clients::add(Client client) {
  if (of_address_[client.address] >= of_address_max_) cut_one(client.address);
  ++of_address_[client.address];
  client.of = &waiting_;
  return waiting_.insert(waiting_.end(), std::move(client));
}

void Clients::remove(Place client) {
  if (client->of != &cut_) forget(client->address);
  client->of->erase(client);
}

void Clients::forget(const std::string& address) {
  const auto known = of_address_.find(address);
  if (--known->second == 0) of_address_.erase(known);
}

// The same choice as for all clients, among those of one address.
bool Clients::cut_one(const std::string& address) {
  std::list<Client>* most = nullptr;
  std::ptrdiff_t most_count = 0;
  for (auto* of : {&waiting_, &reading_, &answered_}) {
    const auto count = std::ranges::count(*of, address, &Client::address);
    if (count > most_count) most = of;
    most_count = std::max(most_count, count);
  }
  if (most == nullptr) return false;
  cut(std::ranges::find(*most, address, &Client::address));
  return true;
}

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

void Clients::cut_idle() {
  for (auto client = waiting_.begin(); client != waiting_.end();) {
    const auto next = std::next(client);
    if (client->idle && client->idle()) cut(client);
    client = next;
  }
}

void Clients::move(Place client, std::list<Client>& to) {
  to.splice(to.end(), *client->of, client);
  client->of = &to;
}

void Clients::cut(Place client) {
  forget(client->address);
  move(client, cut_);
  client->cut();
}

}  // namespace sonde::web
