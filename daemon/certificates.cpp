#include "daemon/certificates.hpp"

namespace sonde {
namespace {

constexpr std::size_t hosts_max = 16;
constexpr auto forgotten_after = std::chrono::hours(24);

}  // namespace

void MetHosts::note(const Trace& trace, std::chrono::system_clock::time_point at,
                    CertificateEnds& ends) {
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

}  // namespace sonde
