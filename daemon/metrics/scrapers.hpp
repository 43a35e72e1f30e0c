#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "probes/core/clock.hpp"

namespace sonde::metrics {

// When each scraper last requested a page. A scraper is known by its connection, which it keeps
// open, so replicas behind one address are distinguished. increase() of Prometheus does not see the
// first value of a series, so a counter that appears with its first event is shown as 0 until every
// regular scraper has received that 0. Pure; remembers 64 connections.
class Scrapers {
 public:
  // More than the usual longest interval of a minute.
  static constexpr Span held_max = std::chrono::seconds(65);

  // `client` identifies who got a page that was requested at `asked`.
  void answered(const std::string& client, Instant asked);

  // What appeared before this time is shown with its count. Regular scrapers are those that asked
  // twice within three minutes; nothing is held back for longer than held_max.
  Instant seen(Instant now) const;

 private:
  struct Client {
    std::string name;
    Instant last = Instant::min(), before = Instant::min();
  };
  std::vector<Client> clients_;
};

}  // namespace sonde::metrics
