#include "daemon/schedule/retry_policy.hpp"

#include <algorithm>
#include <span>

#include "probes/core/outcome.hpp"

namespace sonde::schedule {
namespace {

using enum Reason;

constexpr Reason healing[] = {timeout,
                              closed_early,
                              overloaded,
                              server_error,
                              server_error_before_auth,
                              server_error_after_auth,
                              not_ready,
                              bad_gateway,
                              gateway_timeout,
                              handshake_eof,
                              handshake_timeout,
                              no_ready,
                              restarting,
                              try_later,
                              closed_after_accept,
                              abrupt_close_after_accept,
                              server_error_after_accept,
                              first_event_timeout,
                              stalled,
                              closed_midstream};

constexpr Reason slow[] = {dns_timeout,       tcp_timeout,   tls_timeout,         timeout,
                           handshake_timeout, no_ready,      first_event_timeout, event_late,
                           stalled,           latency_limit, missing_event};

bool among(std::span<const Reason> reasons, Reason reason) {
  return std::ranges::find(reasons, reason) != reasons.end();
}

}  // namespace

bool can_heal(Reason reason) {
  return among(passing_network_reasons(), reason) || among(healing, reason);
}

bool took_too_long(Reason reason) { return among(slow, reason); }

}  // namespace sonde::schedule
