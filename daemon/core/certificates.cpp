#include "daemon/core/certificates.hpp"

#include <fmt/format.h>

#include <sstream>

namespace sonde {
namespace {

constexpr std::size_t hosts_max = 16;
constexpr auto forgotten_after = std::chrono::hours(24);

}  // namespace

void MetHosts::note(const Trace& trace, std::chrono::system_clock::time_point at, bool passed,
                    CertificateEnds& ends) {
  const bool asked = passed || !trace.tls_facts().empty();
  if (asked && std::exchange(renewed_, false)) {
    met_.clear();
    ends.clear();
  }
  for (const TlsFacts& facts : trace.tls_facts()) {
    if (facts.not_after == 0) continue;
    std::erase_if(met_, [&](const Met& met) { return met.first == facts.host_port; });
    met_.emplace_back(facts.host_port, at);
    ends[facts.host_port] = facts.not_after;
  }
  while (!met_.empty() && (met_.size() > hosts_max || at - met_.front().second > forgotten_after)) {
    ends.erase(met_.front().first);
    met_.erase(met_.begin());
  }
}

std::string MetHosts::text(const CertificateEnds& ends) const {
  std::string all;
  for (const auto& [host, at] : met_) {
    const auto end = ends.find(host);
    const auto hour = std::chrono::floor<std::chrono::hours>(at.time_since_epoch());
    if (end != ends.end()) all += fmt::format("{} {} {}\n", end->second, hour.count(), host);
  }
  return all;
}

void MetHosts::restore(std::string_view text, CertificateEnds& ends) {
  std::istringstream lines{std::string(text)};
  std::int64_t end = 0, hour = 0;
  std::string host;
  while (met_.size() < hosts_max && lines >> end >> hour >> host) {
    met_.emplace_back(host, std::chrono::system_clock::time_point(std::chrono::hours(hour)));
    ends[host] = end;
  }
}

}  // namespace sonde
