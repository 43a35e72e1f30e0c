#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "probes/core/clock.hpp"

namespace sonde::metrics {

// When those that scrape the daemon last asked for a page. A scraper keeps its connection, by which
// replicas behind one address are told apart. increase() of Prometheus cannot see the
// first value of a series, so a counter that appears with its first event is shown as 0 until every
// regular scraper has had a page with that 0. Pure; remembers 64 connections.
class Scrapers {
 public:
  // `client` identifies who got a page that was requested at `asked`.
  void answered(const std::string& client, Instant asked);

  // What appeared before this time is shown with its count. Regular scrapers are those that asked
  // twice within three minutes; nothing is held back for longer than 65 s, which is more than the
  // usual longest interval of a minute.
  Instant seen(Instant now) const;

 private:
  struct Client {
    std::string name;
    Instant last = Instant::min(), before = Instant::min();
  };
  std::vector<Client> clients_;
};

}  // namespace sonde::metrics
