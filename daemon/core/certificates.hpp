#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "probes/core/trace.hpp"

namespace sonde {

// Expiry of the certificates that the runs of a probe met: Unix seconds by host:port.
using CertificateEnds = std::map<std::string, std::int64_t>;

// The hosts that the runs of a probe met, and when each was last met. Keeps at most 16 hosts and
// drops the one met longest ago first, so redirects to ever-changing hosts replace one another; a
// host that no run met for a day is dropped. More than the last run is needed: a run that reuses a
// token does not connect to the login's host.
class MetHosts {
 public:
  // Records the certificates of a run that ended `at`, and updates `ends`.
  void note(const Trace& trace, std::chrono::system_clock::time_point at, bool passed,
            CertificateEnds& ends);
  // The configuration of the probe changed: the next run that meets hosts, or passes without
  // meeting any, replaces all earlier entries.
  void renew() { renewed_ = true; }

  // State to keep across a restart: one line for each host, with the hour in which it was last met.
  std::string text(const CertificateEnds& ends) const;
  // Ignores lines that cannot be parsed.
  void restore(std::string_view text, CertificateEnds& ends);

 private:
  bool renewed_ = false;
  using Met = std::pair<std::string, std::chrono::system_clock::time_point>;
  std::vector<Met> met_;  // ordered by when they were last met, oldest first
};

}  // namespace sonde
