#include "daemon/access/password_queue.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace sonde::access {

PasswordQueue::Rank PasswordQueue::rank_of(const std::string& client, Instant now) const {
  if (std::ranges::find(known_, client) != known_.end()) return Rank::known;
  const auto failure = std::ranges::find(failed_, client, &Failure::client);
  const bool lately = failure != failed_.end() && now - failure->at < failed_for;
  return lately ? Rank::failed : Rank::unknown;
}

// Those that wait, the one to run first. Sorted by the rank of the address, then by how many checks
// of the same address are ahead of it.
std::vector<std::list<PasswordQueue::Check>::iterator> PasswordQueue::in_order(Instant now) {
  struct Place {
    Rank rank;
    std::size_t ahead, came;
    std::list<Check>::iterator check;
  };
  std::vector<Place> places;
  std::map<std::string, std::size_t> counts;
  for (auto check = checks_.begin(); check != checks_.end(); ++check) {
    const std::size_t ahead = counts[check->client]++;
    if (!check->runs) places.push_back({rank_of(check->client, now), ahead, places.size(), check});
  }
  std::ranges::sort(places, {}, [](const Place& place) {
    return std::tuple(place.rank, place.ahead, place.came);
  });
  std::vector<std::list<Check>::iterator> all;
  all.reserve(places.size());
  for (const Place& place : places) all.push_back(place.check);
  return all;
}

std::optional<std::string> PasswordQueue::add(std::string id, std::string client, Instant now) {
  const auto own = static_cast<std::size_t>(std::ranges::count(checks_, client, &Check::client));
  if (own >= of_client_max) return id;
  checks_.push_back({.id = std::move(id), .client = std::move(client)});
  if (checks_.size() <= checks_max) return std::nullopt;
  const auto last = in_order(now).back();
  std::string gone = std::move(last->id);
  checks_.erase(last);
  return gone;
}

std::optional<std::string> PasswordQueue::next(Instant now) {
  const auto order = in_order(now);
  if (order.empty()) return std::nullopt;
  order.front()->runs = true;
  return order.front()->id;
}

void PasswordQueue::finish(const std::string& id, bool right, Instant now) {
  const auto check = std::ranges::find(checks_, id, &Check::id);
  if (check == checks_.end()) return;
  if (right) {
    remember_known(check->client);
  } else {
    const auto failure = std::ranges::find(failed_, check->client, &Failure::client);
    if (failure != failed_.end()) failed_.erase(failure);
    failed_.push_front({.client = check->client, .at = now});
    if (failed_.size() > failed_max) failed_.pop_back();
  }
  checks_.erase(check);
}

void PasswordQueue::remember_known(const std::string& client) {
  const auto known = std::ranges::find(known_, client);
  if (known != known_.end()) return known_.splice(known_.begin(), known_, known);
  known_.push_front(client);
  if (known_.size() > known_max) known_.pop_back();
}

}  // namespace sonde::access
