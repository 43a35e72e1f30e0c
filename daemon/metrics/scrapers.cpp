#include "daemon/metrics/scrapers.hpp"

#include <algorithm>

namespace sonde::metrics {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t clients_max = 64;
constexpr Span regular = 3min;

}  // namespace

void Scrapers::answered(const std::string& client, Instant asked) {
  auto known = std::ranges::find(clients_, client, &Client::name);
  if (known == clients_.end()) {
    if (clients_.size() >= clients_max)
      clients_.erase(std::ranges::min_element(clients_, {}, &Client::last));
    clients_.push_back({.name = client});
    known = std::prev(clients_.end());
  }
  known->before = known->last;
  known->last = std::max(known->last, asked);
}

Instant Scrapers::seen(Instant now) const {
  Instant all = Instant::max();
  for (const Client& client : clients_)
    if (client.before != Instant::min() && now - client.before <= regular)
      all = std::min(all, client.last);
  return all == Instant::max() ? now - held_max : std::max(all, now - held_max);
}

}  // namespace sonde::metrics
