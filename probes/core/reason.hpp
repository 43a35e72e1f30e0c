#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sonde {

// What a run says about its target. `inconclusive`: nothing, because the prober was at fault.
enum class Outcome : std::uint8_t { pass, fail, inconclusive, skipped };

// The position on a user's path at which a run failed; a metric label with a fixed set of values.
enum class Step : std::uint8_t {
  health,
  login,
  upgrade,
  ready,
  events,
  answer,
  refuse,
  isolation,
  hold
};

// What went wrong there, network causes included; a metric label with a fixed set of values. Each
// has one row in `reasons()`, in this order.
enum class Reason : std::uint8_t {
  ok,
  // Names, connections, TLS.
  dns_nxdomain,
  dns_nodata,
  dns_servfail,
  dns_timeout,
  tcp_refused,
  tcp_timeout,
  tcp_reset,
  tcp_unreachable,
  proxy_failed,
  tls_handshake,
  tls_untrusted,
  tls_expired,
  tls_name_mismatch,
  tls_timeout,
  alpn_h2,
  // HTTP.
  timeout,
  closed_early,
  truncated_body,
  bad_http,
  header_too_big,
  body_too_big,
  bad_encoding,
  bad_status,
  bad_content_type,
  bad_header,
  bad_body,
  contract,
  redirected,
  login_redirect,
  reported_unhealthy,
  latency_limit,
  cors_refused,
  overloaded,
  server_error,
  bad_gateway,
  gateway_timeout,
  no_route,
  // Login.
  credentials,
  forbidden,
  account_locked,
  token_missing,
  token_malformed,
  token_expired,
  token_claims,
  clock_skew,
  token_signature,
  token_key_unknown,
  jwks_unusable,
  refresh_refused,
  refresh_race,
  token_shared,
  no_form,
  csrf,
  no_session,
  oidc_config,
  authorization_refused,
  bad_callback,
  answer_incomplete,
  // Upgrade.
  handshake_eof,
  handshake_timeout,
  bad_upgrade,
  bad_handshake,
  subprotocol_mismatch,
  unauthorized,
  forbidden_or_no_route,
  no_route_or_stripped,
  spa_fallback,
  extension_fault,
  // Upgrade and ready, after control experiments separated the causes.
  alpn_fault,
  upgrade_stripped,
  header_stripped,
  not_ready,
  token_stale,
  token_reuse_rejected,
  token_refused,
  socket_unauthorized,
  server_error_before_auth,
  server_error_after_auth,
  // The address that the front end uses.
  endpoint_drift,
  endpoint_missing,
  mixed_content,
  // Ready.
  no_ready,
  bad_ready,
  auth_rejected_after_accept,
  server_error_after_accept,
  restarting,
  try_later,
  closed_after_accept,
  abrupt_close_after_accept,
  identity_mismatch,
  degraded_mode,
  // Frames and events.
  malformed,
  message_too_big,
  too_many_frames,
  protocol_error,
  send_failed,
  first_event_timeout,
  lost_early_message,
  event_late,
  stalled,
  closed_midstream,
  agent_error,
  missing_event,
  tool_not_used,
  unpaired_event,
  duplicate_event,
  out_of_order,
  after_terminal,
  forbidden_event,
  unknown_event,
  foreign_event,
  // Answer.
  answer_missing,
  answer_empty,
  answer_short,
  answer_error,
  answer_echo,
  answer_wrong,
  // Refusal checks.
  auth_fail_open,
  no_refusal,
  // Held sessions.
  idle_closed,
  close_unclean,
  hold_expired,
  not_closed,
  wrong_close,
  pong_missing,
  // Isolation.
  cross_user_leak,
  session_shared,
  // The prober was at fault: inconclusive.
  own_dns,
  own_descriptors,
  own_network,
  own_lag,
  own_clock,
  egress_down,
  own_secret,
  own_request,
  own_fault,
  monitor_credential_expired,
  refusal_unclear,
  breaker_open,
  reuse_unclear,
  hold_unclear,
  // The run was not made: skipped.
  overlap,
  capacity,
  late,
  suppressed,
  shutdown,
  reload,
  // The run was cancelled while it waited. Never published: `within` (deadline.hpp) replaces it by
  // the reason that a deadline has at that step and phase, or by `shutdown`.
  cut
};

// One row of the table of reasons.
struct ReasonRow {
  Reason reason;
  std::string_view name;  // the label
  Outcome outcome;        // what a run with this reason says about its target
  std::string_view help;  // one line for README, status page and alert text
};

std::span<const ReasonRow> reasons();
const ReasonRow& row(Reason reason);
std::string_view name(Reason reason);
std::string_view name(Step step);
std::string_view name(Outcome outcome);
std::optional<Reason> reason_named(std::string_view name);

// Why something failed: the reason, and a detail for people that says what, where and, if it helps,
// what to do. The caller knows the step.
struct Failure {
  Reason reason = Reason::ok;
  std::string detail;  // may hold secrets until a Result is made of it
};

// The failure of an operation that was not begun or not finished because the run was cancelled.
inline Failure cut_failure() { return {Reason::cut, ""}; }

}  // namespace sonde
