#pragma once
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "config/section.hpp"
#include "probes/dialect/dialect.hpp"
#include "probes/dialect/ending.hpp"
#include "probes/net/websocket/websocket.hpp"

namespace sonde::dialect {

// The user that the server has to name, and users that it must never name.
struct Identity {
  std::optional<text::Pointer> at;
  std::optional<text::Template> equals;
  std::vector<text::Pattern> never;
};
const config::Section<Identity>& section_of(const Identity*);

// The requirements on a ready session: `ready:` of a socket.
struct Ready {
  std::vector<std::string> type;  // empty: the session is ready once it is upgraded
  bool silent = false;     // the server sends no such message; otherwise the dialect's is expected
  text::Comparisons json;  // mode, features: a mismatch is degraded_mode
  Span within = std::chrono::seconds(5);
  Identity identity;
};
const config::Section<Ready>& section_of(const Ready*);

// Takes the dialect's steps, then waits for the ready message and checks it. Failures: no_ready,
// bad_ready (a first message of another type that no rule handles), identity_mismatch,
// degraded_mode, auth_rejected_after_accept (an auth error frame, or Close 1008, 4401, 4403),
// server_error_after_accept (1011), restarting (1001, 1012), try_later (1013), closed_after_accept
// (another close code), abrupt_close_after_accept (FIN or RST), malformed, message_too_big,
// too_many_frames, protocol_error. Empty: it is ready. A message that matches `refusal`, if not
// null, is auth_rejected_after_accept.
boost::asio::awaitable<std::optional<Failure>> await_ready(net::Websocket& session,
                                                           const Ready& ready,
                                                           const Dialect& dialect,
                                                           text::Names& names, Trace& trace,
                                                           const FrameMatch* refusal = nullptr);

// Checks the user in a message, or in the claims of a token: identity_mismatch, own_request, or
// empty. Pure.
std::optional<Failure> check_identity(const Identity& identity, text::Json message,
                                      text::Names& names);

// The meaning of a session that ended before it was ready; `fault` is a protocol violation at its
// end. A refusal takes precedence over a fault in its Close frame. Pure.
Failure ended_before_ready(const Ending& ending, const std::vector<int>& own_codes = {},
                           const std::optional<Failure>& fault = {});
// The same with another text that says when, such as " as soon as the session was ready".
Failure ended_after_accept(const Ending& ending, const std::vector<int>& own_codes,
                           const std::optional<Failure>& fault, std::string_view when);

// Whether a message of `type` is a correct ready message: bad_ready, degraded_mode,
// identity_mismatch, or empty. Pure.
std::optional<Failure> check_ready(const Ready& ready, std::string_view type, text::Json message,
                                   text::Names& names);

}  // namespace sonde::dialect
