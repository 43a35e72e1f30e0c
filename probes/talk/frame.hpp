#pragma once
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "probes/net/websocket.hpp"
#include "probes/talk/dialect.hpp"

namespace sonde::talk {

// A decoded message. The views are as valid as the frame, also when it is moved.
struct Frame {
  text::Document document;
  std::string_view type;
  std::string_view event_id;
  text::Json body() const { return document.root(); }
};

// Decodes a message; `malformed` says how it begins.
std::expected<Frame, Failure> decode(const Dialect& dialect, std::string_view payload);

// Records a message, decodes it, and does what the rules of the session say about it. Nothing: a
// rule has dealt with it. A failure has a reason that a run can have at `step`, or is `cut`.
boost::asio::awaitable<std::expected<std::optional<Frame>, Failure>> take(
    net::Websocket& session, const net::Message& message, Step step, const Dialect& dialect,
    text::Names& names, Trace& trace);

// Sends and records a frame.
boost::asio::awaitable<std::expected<void, Failure>> send(net::Websocket& session,
                                                          const std::string& payload, Trace& trace);

// What a rule's frame means for a run that is at `step`: the reason that the rule names if a run
// can have it there; else agent_error in a conversation and bad_ready before it.
Failure rule_failure(const SessionRule& rule, const Frame& frame, Step step);

// Whether the run was cut: by its deadline, or because the daemon stops.
boost::asio::awaitable<bool> was_cut();

}  // namespace sonde::talk
