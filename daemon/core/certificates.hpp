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

// When the certificates end that the runs of a probe met: Unix seconds by host:port.
using CertificateEnds = std::map<std::string, std::int64_t>;

// Which hosts the runs of a probe met, and when last. At most 16, of which the one that was met
// longest ago makes room, so that redirects to ever new hosts drive out each other; and none that
// no run met for a day. Not the last run alone: one that uses a token again does not meet the
// login's host.
class MetHosts {
 public:
  // Notes the certificates of a run that ended `at`, in `ends` too.
  void note(const Trace& trace, std::chrono::system_clock::time_point at, bool passed,
            CertificateEnds& ends);
  // The probe is configured otherwise: the next run that meets its hosts, or passes without any,
  // takes the place of all earlier ones.
  void renew() { renewed_ = true; }

  // What survives a restart: a line each, with the hour in which it was met.
  std::string text(const CertificateEnds& ends) const;
  // Lines that are none are left out.
  void restore(std::string_view text, CertificateEnds& ends);

 private:
  bool renewed_ = false;
  using Met = std::pair<std::string, std::chrono::system_clock::time_point>;
  std::vector<Met> met_;  // the one that was met longest ago first
};

}  // namespace sonde
