#include "daemon/schedule/egress_log.hpp"

#include <algorithm>
#include <utility>

namespace sonde::schedule {
namespace {

using enum Reason;

constexpr Reason unheard[] = {
    dns_nxdomain, dns_nodata,          dns_servfail, dns_timeout, tcp_refused, tcp_timeout,
    tcp_reset,    tcp_unreachable,     proxy_failed, tls_timeout, timeout,     handshake_timeout,
    no_ready,     first_event_timeout, stalled,      own_dns,     own_network};

// Asked during the failure, or answered just before its end or later: it applies to that time.
bool concerns(const std::optional<EgressAnswer>& answer, Instant began, Instant ended) {
  return answer && (answer->asked >= began || answer->at + EgressLog::just_now >= ended);
}

}  // namespace

bool consults_egress(Reason reason) {
  return std::ranges::find(unheard, reason) != std::end(unheard);
}

void EgressLog::add(EgressAnswer answer) { (answer.up ? up_ : down_) = std::move(answer); }

EgressState EgressLog::judge(Instant began, Instant ended) const {
  if (concerns(down_, began, ended)) return EgressState::down;
  if (concerns(up_, began, ended) && up_->at + fresh >= ended) return EgressState::up;
  return EgressState::unknown;
}

}  // namespace sonde::schedule
