#include "probes/core/reason.hpp"

#include <cstddef>

namespace sonde {
namespace {

using enum Reason;
using enum Outcome;

constexpr ReasonRow table[] = {
    {ok, "ok", pass, "Nothing failed."},

    {dns_nxdomain, "dns_nxdomain", fail, "The name does not exist in DNS."},
    {dns_nodata, "dns_nodata", fail, "The name exists but has no address of the wanted family."},
    {dns_servfail, "dns_servfail", fail, "The zone's servers fail; our resolver itself works."},
    {dns_timeout, "dns_timeout", fail, "The zone gives no answer; our resolver itself works."},
    {tcp_refused, "tcp_refused", fail, "The host refuses connections on that port."},
    {tcp_timeout, "tcp_timeout", fail, "No answer to the connection attempt."},
    {tcp_reset, "tcp_reset", fail, "The peer reset the connection."},
    {tcp_unreachable, "tcp_unreachable", fail, "No route to the host or its network."},
    {proxy_failed, "proxy_failed", fail, "The configured proxy did not open the tunnel."},
    {tls_handshake, "tls_handshake", fail, "The TLS handshake failed."},
    {tls_untrusted, "tls_untrusted", fail, "The certificate chain is not trusted."},
    {tls_expired, "tls_expired", fail, "A certificate of the chain is outside its validity."},
    {tls_name_mismatch, "tls_name_mismatch", fail, "The certificate is for another name."},
    {tls_timeout, "tls_timeout", fail, "The TLS handshake did not end in time."},
    {alpn_h2, "alpn_h2", fail,
     "The server insists on HTTP/2, which a WebSocket upgrade cannot use."},

    {timeout, "timeout", fail, "The deadline passed while the answer was awaited."},
    {closed_early, "closed_early", fail,
     "The connection ended before the headers of an answer were there."},
    {truncated_body, "truncated_body", fail, "The connection ended inside the answer."},
    {bad_http, "bad_http", fail, "The answer is not HTTP/1.1."},
    {header_too_big, "header_too_big", fail, "The answer's headers exceed limits.header."},
    {body_too_big, "body_too_big", fail, "The answer's body exceeds limits.body."},
    {bad_encoding, "bad_encoding", fail, "The body's Content-Encoding is broken or unknown."},
    {bad_status, "bad_status", fail, "The status is not an expected one."},
    {bad_content_type, "bad_content_type", fail, "The Content-Type is not the expected one."},
    {bad_header, "bad_header", fail, "A header does not have the expected value."},
    {bad_body, "bad_body", fail, "The body does not say what is expected of it."},
    {contract, "contract", fail, "The endpoint rejects the shape of the request (400, 422)."},
    {redirected, "redirected", fail, "The endpoint redirects somewhere else."},
    {login_redirect, "login_redirect", fail, "The endpoint redirects to a login page."},
    {reported_unhealthy, "reported_unhealthy", fail,
     "The service says of itself that it is unhealthy."},
    {latency_limit, "latency_limit", fail, "The answer was right but slower than max_latency."},
    {cors_refused, "cors_refused", fail,
     "A browser would not let the front end's origin make this request (CORS)."},
    {overloaded, "overloaded", fail, "The service turns requests away (429, 503)."},
    {server_error, "server_error", fail, "The service fails (5xx)."},
    {bad_gateway, "bad_gateway", fail, "A proxy got no valid answer from the service (502)."},
    {gateway_timeout, "gateway_timeout", fail,
     "A proxy got no answer from the service in time (504)."},
    {no_route, "no_route", fail, "Nothing is served at that path (404, 405, 410)."},

    {credentials, "credentials", fail, "The login refuses the identity's credentials."},
    {forbidden, "forbidden", fail, "This identity, client or token is forbidden to enter (403)."},
    {account_locked, "account_locked", fail, "The account is locked or disabled (423)."},
    {token_missing, "token_missing", fail, "The login succeeded but returned no token."},
    {token_malformed, "token_malformed", fail, "The token is not what it should be."},
    {token_expired, "token_expired", fail, "The token is already expired when it is issued."},
    {token_claims, "token_claims", fail, "The token's issuer, audience or lifetime is wrong."},
    {clock_skew, "clock_skew", fail, "The token's times disagree with the server's own clock."},
    {token_signature, "token_signature", fail,
     "No published key made the token's signature, or no published key is of its kind."},
    {token_key_unknown, "token_key_unknown", fail,
     "The token's key is not among the published ones, not even after they were fetched again."},
    {jwks_unusable, "jwks_unusable", fail, "The published keys (JWKS) cannot be had or read."},
    {refresh_refused, "refresh_refused", fail,
     "A refresh token that was just issued is refused, time and again."},
    {refresh_race, "refresh_race", fail,
     "Two refreshes with one token at once came out otherwise than refresh.double says."},
    {token_shared, "token_shared", fail, "Two logins were given the same token."},
    {no_form, "no_form", fail, "The page does not have the form that is wanted."},
    {csrf, "csrf", fail, "The form's CSRF token is refused."},
    {no_session, "no_session", fail,
     "The form was taken, but what says that the login succeeded did not come."},
    {oidc_config, "oidc_config", fail,
     "The OpenID configuration is wrong: its issuer, or an endpoint."},
    {authorization_refused, "authorization_refused", fail,
     "The authorization endpoint answers with an error instead of a code."},
    {bad_callback, "bad_callback", fail,
     "The redirect to the client has another state or issuer, or no code."},
    {answer_incomplete, "answer_incomplete", fail,
     "An answer on the way to the token lacks what it must have."},

    {handshake_eof, "handshake_eof", fail, "The connection ended instead of an upgrade answer."},
    {handshake_timeout, "handshake_timeout", fail, "No answer to the upgrade before the deadline."},
    {bad_upgrade, "bad_upgrade", fail, "The server saw no valid upgrade request (400, 426)."},
    {bad_handshake, "bad_handshake", fail, "The 101 answer breaks the WebSocket protocol."},
    {subprotocol_mismatch, "subprotocol_mismatch", fail,
     "The server selected none of the offered subprotocols, or another than the expected one."},
    {unauthorized, "unauthorized", fail, "The upgrade refuses the fresh token (401)."},
    {forbidden_or_no_route, "forbidden_or_no_route", fail,
     "403: the token is refused, or nothing is served there; both look the same."},
    {no_route_or_stripped, "no_route_or_stripped", fail,
     "404: nothing is served there, or a proxy strips the Upgrade header; both look the same."},
    {spa_fallback, "spa_fallback", fail, "The path answers 200 with a page instead of an upgrade."},
    {extension_fault, "extension_fault", fail,
     "The server uses a WebSocket extension that was not negotiated."},

    {alpn_fault, "alpn_fault", fail,
     "TLS fails when http/1.1 is offered by ALPN, and works without an offer."},
    {upgrade_stripped, "upgrade_stripped", fail,
     "The origin upgrades; on the way to it the Upgrade header is lost."},
    {header_stripped, "header_stripped", fail,
     "The token is lost on its way: sent in another place, the same token is accepted."},
    {not_ready, "not_ready", fail,
     "Refused, and accepted a moment later with the same token: the service was starting."},
    {token_stale, "token_stale", fail,
     "This token is refused while that of a fresh login is accepted."},
    {token_reuse_rejected, "token_reuse_rejected", fail,
     "A second use of the same token at the same moment is refused."},
    {token_refused, "token_refused", fail, "The token is refused, by a plain request as well."},
    {socket_unauthorized, "socket_unauthorized", fail,
     "A plain request accepts the token; the upgrade alone refuses it."},
    {server_error_before_auth, "server_error_before_auth", fail,
     "The upgrade fails (5xx) with a token and without one."},
    {server_error_after_auth, "server_error_after_auth", fail,
     "The upgrade fails (5xx) with a good token only; without one it is refused."},

    {endpoint_drift, "endpoint_drift", fail,
     "The page sends its users to another WebSocket address than the expected one."},
    {endpoint_missing, "endpoint_missing", fail,
     "The page and its scripts name no WebSocket address."},
    {mixed_content, "mixed_content", fail,
     "An https page names a ws:// address, which browsers refuse to open."},

    {no_ready, "no_ready", fail, "Connected, but the ready message never came."},
    {bad_ready, "bad_ready", fail, "The first message is not the ready message."},
    {auth_rejected_after_accept, "auth_rejected_after_accept", fail,
     "Upgraded, then refused the token (auth error or Close 1008, 4401, 4403)."},
    {server_error_after_accept, "server_error_after_accept", fail,
     "Upgraded, then failed (Close 1011)."},
    {restarting, "restarting", fail, "Upgraded, then closed for a restart (Close 1001, 1012)."},
    {try_later, "try_later", fail, "Upgraded, then turned away as overloaded (Close 1013)."},
    {closed_after_accept, "closed_after_accept", fail,
     "Upgraded, then closed before it was ready."},
    {abrupt_close_after_accept, "abrupt_close_after_accept", fail,
     "Upgraded, then the connection ended without a Close frame."},
    {identity_mismatch, "identity_mismatch", fail, "The server takes us for another user."},
    {degraded_mode, "degraded_mode", fail, "Ready, but in another mode than the expected one."},

    {malformed, "malformed", fail, "A frame cannot be decoded."},
    {message_too_big, "message_too_big", fail, "A message exceeds limits.frame."},
    {too_many_frames, "too_many_frames", fail, "The connection exceeds limits.frames."},
    {protocol_error, "protocol_error", fail, "A frame breaks the WebSocket protocol."},
    {send_failed, "send_failed", fail, "The message could not be sent."},
    {first_event_timeout, "first_event_timeout", fail, "Sent, and not one event came."},
    {lost_early_message, "lost_early_message", fail,
     "A message sent at once is lost; sent half a second later it is answered."},
    {event_late, "event_late", fail, "An event came after its own limit."},
    {stalled, "stalled", fail, "Events stopped for longer than gap_max."},
    {closed_midstream, "closed_midstream", fail, "The connection ended before the terminal event."},
    {agent_error, "agent_error", fail, "The agent reported an error."},
    {missing_event, "missing_event", fail, "A required event never came."},
    {tool_not_used, "tool_not_used", fail, "The agent answered without using its tool."},
    {unpaired_event, "unpaired_event", fail, "An event that belongs to another came without it."},
    {duplicate_event, "duplicate_event", fail, "An event came more often than allowed."},
    {out_of_order, "out_of_order", fail, "Events came in an order that cannot be."},
    {after_terminal, "after_terminal", fail, "Events came after the terminal one."},
    {forbidden_event, "forbidden_event", fail, "An event came that must not come."},
    {unknown_event, "unknown_event", fail, "An event came that the dialect does not know."},
    {foreign_event, "foreign_event", fail, "An event of another conversation came."},

    {answer_missing, "answer_missing", fail, "The terminal event carries no answer."},
    {answer_empty, "answer_empty", fail, "The answer is empty."},
    {answer_short, "answer_short", fail, "The answer is shorter than min_chars."},
    {answer_error, "answer_error", fail, "The answer is an error, a refusal or a placeholder."},
    {answer_echo, "answer_echo", fail, "The answer repeats the prompt."},
    {answer_wrong, "answer_wrong", fail, "The answer is not the expected one."},

    {auth_fail_open, "auth_fail_open", fail,
     "The endpoint accepted a client that it must refuse: one with a bad or no token, or a foreign "
     "origin."},
    {no_refusal, "no_refusal", fail,
     "A client that must be refused (a bad token, a foreign origin) is neither let in nor "
     "refused."},

    {idle_closed, "idle_closed", fail,
     "Held and silent for a second or more, then ended without a Close: an idle limit on the way."},
    {close_unclean, "close_unclean", fail,
     "Held and in use, or within a frame, then ended without a Close."},
    {hold_expired, "hold_expired", fail, "The server closed a held session that should stay open."},
    {not_closed, "not_closed", fail, "A held session outlived its token and was not closed."},
    {wrong_close, "wrong_close", fail,
     "A held session was closed, but otherwise than it should be."},
    {pong_missing, "pong_missing", fail, "A held session did not answer a ping."},

    {cross_user_leak, "cross_user_leak", fail, "A user received what belongs to another user."},
    {session_shared, "session_shared", fail,
     "Two sessions share what each should have for itself."},

    {own_dns, "own_dns", inconclusive, "Our own DNS servers do not answer."},
    {own_descriptors, "own_descriptors", inconclusive, "We are out of file descriptors."},
    {own_network, "own_network", inconclusive,
     "Our own network is down, out of ports, or has no route to the target."},
    {own_lag, "own_lag", inconclusive, "We were too busy to judge a timeout."},
    {own_clock, "own_clock", inconclusive,
     "Our own clock is wrong: in the server's time its certificate is valid."},
    {egress_down, "egress_down", inconclusive,
     "None of the egress references answers: the way out of our own network is gone."},
    {own_secret, "own_secret", inconclusive, "A secret or certificate of ours cannot be read."},
    {own_request, "own_request", inconclusive, "We cannot build the request from its template."},
    {own_fault, "own_fault", inconclusive, "Sonde itself made a mistake; please report it."},
    {monitor_credential_expired, "monitor_credential_expired", inconclusive,
     "A credential of ours (token, refresh token) has expired; put a new one in its place."},
    {refusal_unclear, "refusal_unclear", inconclusive,
     "A refusal check could not be made, or failed for another reason."},
    {breaker_open, "breaker_open", inconclusive,
     "A breaker of the target seems to be open because of our own refusal checks; they pause."},
    {reuse_unclear, "reuse_unclear", inconclusive,
     "One of two simultaneous uses of a token failed for another reason than a refusal."},
    {hold_unclear, "hold_unclear", inconclusive,
     "A session could not be held as long as it takes to judge it."},

    {overlap, "overlap", skipped, "The previous run was still going on."},
    {capacity, "capacity", skipped, "Too many runs were going on."},
    {late, "late", skipped, "The beat was missed; it is not caught up."},
    {suppressed, "suppressed", skipped,
     "Skipped, so that the account is not locked and the service not loaded further."},
    {shutdown, "shutdown", skipped, "The daemon stopped."},
    {reload, "reload", skipped, "The configuration was replaced."},
    {cut, "cut", skipped, "The run was cut."},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < std::size(table); ++i)
    if (static_cast<std::size_t>(table[i].reason) != i) return false;
  return std::size(table) == static_cast<std::size_t>(cut) + 1;
}
static_assert(in_order(), "one row a reason, in the order of the enum");

constexpr std::string_view step_names[] = {"health", "login",  "upgrade",   "ready", "events",
                                           "answer", "refuse", "isolation", "hold"};
constexpr std::string_view outcome_names[] = {"pass", "fail", "inconclusive", "skipped"};

}  // namespace

std::span<const ReasonRow> reasons() { return table; }
const ReasonRow& row(Reason reason) { return table[static_cast<std::size_t>(reason)]; }
std::string_view name(Reason reason) { return row(reason).name; }
std::string_view name(Step step) { return step_names[static_cast<std::size_t>(step)]; }
std::string_view name(Outcome outcome) { return outcome_names[static_cast<std::size_t>(outcome)]; }

std::optional<Reason> reason_named(std::string_view wanted) {
  for (const auto& candidate : table)
    if (candidate.name == wanted) return candidate.reason;
  return std::nullopt;
}

}  // namespace sonde
