#include "probes/core/outcome.hpp"

#include <algorithm>
#include <array>

namespace sonde {
namespace {

using enum Reason;

// Groups of reasons that several steps share.
constexpr std::array passing_network = {dns_servfail, dns_timeout,     tcp_refused,  tcp_timeout,
                                        tcp_reset,    tcp_unreachable, proxy_failed, tls_timeout};

constexpr std::array lasting_network = {dns_nxdomain,  dns_nodata,  tls_handshake,
                                        tls_untrusted, tls_expired, tls_name_mismatch,
                                        alpn_h2};

// For the answer to any request.
constexpr std::array of_http = {bad_http, header_too_big, closed_early};

// For the status of an answer.
constexpr std::array of_status = {bad_status,      contract,   redirected,   login_redirect,
                                  spa_fallback,    overloaded, server_error, bad_gateway,
                                  gateway_timeout, no_route};

// For a body that is read to its end.
constexpr std::array of_body = {timeout, truncated_body, body_too_big, bad_encoding};

// Concatenates lists.
template <std::size_t... Sizes>
consteval auto join(const std::array<Reason, Sizes>&... lists) {
  std::array<Reason, (Sizes + ...)> all{};
  auto* end = all.data();
  ((end = std::ranges::copy(lists, end).out), ...);
  return all;
}

constexpr auto network = join(passing_network, lasting_network);
constexpr auto exchange = join(network, of_http, of_status);

constexpr std::array only_at_health = {bad_content_type,   bad_header,    bad_body,
                                       reported_unhealthy, latency_limit, cors_refused};

constexpr auto at_health = join(exchange, of_body, only_at_health);

constexpr std::array only_at_login = {credentials,
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
                                      no_form,
                                      csrf,
                                      no_session,
                                      oidc_config,
                                      authorization_refused,
                                      bad_callback,
                                      answer_incomplete,
                                      refresh_race,
                                      token_shared,
                                      identity_mismatch,
                                      token_reuse_rejected,
                                      token_refused,
                                      socket_unauthorized};

constexpr auto at_login = join(exchange, of_body, only_at_login);

constexpr std::array only_at_upgrade = {handshake_eof,
                                        handshake_timeout,
                                        bad_upgrade,
                                        bad_handshake,
                                        subprotocol_mismatch,
                                        unauthorized,
                                        forbidden_or_no_route,
                                        no_route_or_stripped,
                                        extension_fault,
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
                                        forbidden,
                                        clock_skew,
                                        timeout,
                                        endpoint_drift,
                                        endpoint_missing,
                                        mixed_content};

constexpr auto at_upgrade = join(exchange, only_at_upgrade);

constexpr Reason at_ready[] = {no_ready,
                               bad_ready,
                               auth_rejected_after_accept,
                               server_error_after_accept,
                               restarting,
                               try_later,
                               closed_after_accept,
                               abrupt_close_after_accept,
                               identity_mismatch,
                               degraded_mode,
                               malformed,
                               message_too_big,
                               too_many_frames,
                               protocol_error,
                               extension_fault,
                               header_stripped,
                               token_stale,
                               token_reuse_rejected,
                               token_refused,
                               socket_unauthorized,
                               clock_skew,
                               auth_fail_open};

constexpr Reason at_events[] = {
    send_failed,      first_event_timeout, timeout,         event_late,      stalled,
    closed_midstream, agent_error,         missing_event,   tool_not_used,   unpaired_event,
    duplicate_event,  out_of_order,        after_terminal,  forbidden_event, unknown_event,
    foreign_event,    malformed,           message_too_big, too_many_frames, protocol_error,
    extension_fault,  lost_early_message};

constexpr Reason at_answer[] = {answer_missing, answer_empty, answer_short,
                                answer_error,   answer_echo,  answer_wrong};

constexpr Reason at_refuse[] = {auth_fail_open, no_refusal};

constexpr Reason at_hold[] = {idle_closed,     close_unclean,   hold_expired,   not_closed,
                              wrong_close,     pong_missing,    restarting,     malformed,
                              message_too_big, too_many_frames, protocol_error, extension_fault,
                              tcp_refused};

constexpr Reason at_isolation[] = {cross_user_leak, session_shared, foreign_event, no_refusal};

constexpr Reason for_inconclusive[] = {
    own_dns,         own_descriptors, own_network,   own_lag,     own_clock,
    egress_down,     own_secret,      own_request,   own_fault,   monitor_credential_expired,
    refusal_unclear, breaker_open,    reuse_unclear, hold_unclear};
constexpr Reason for_skipped[] = {overlap, capacity, late, suppressed};

}  // namespace

std::span<const Reason> passing_network_reasons() { return passing_network; }
std::span<const Reason> lasting_network_reasons() { return lasting_network; }

std::span<const Reason> reasons_at(Step step) {
  switch (step) {
    case Step::health:
      return at_health;
    case Step::login:
      return at_login;
    case Step::upgrade:
      return at_upgrade;
    case Step::ready:
      return at_ready;
    case Step::events:
      return at_events;
    case Step::answer:
      return at_answer;
    case Step::refuse:
      return at_refuse;
    case Step::isolation:
      return at_isolation;
    case Step::hold:
      return at_hold;
  }
  return {};
}

std::vector<Pair> pairs_of(std::span<const Step> steps) {
  std::vector<Pair> pairs;
  for (Step step : steps)
    for (Reason reason : reasons_at(step)) pairs.push_back({step, reason});
  return pairs;
}

std::span<const Reason> inconclusive_reasons() { return for_inconclusive; }
std::span<const Reason> skipped_reasons() { return for_skipped; }

}  // namespace sonde
