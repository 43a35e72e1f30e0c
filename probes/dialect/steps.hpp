#pragma once
#include <optional>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "probes/dialect/listener.hpp"

namespace sonde::dialect {

// Takes the steps of a dialect one after the other: sends what is to be sent, waits for what is to
// come. `at` is ready or events. Failures: those of a session that ends or of a frame that a rule
// refuses; at ready no_ready, at events timeout, where what is waited for does not come in time;
// send_failed only at events. Empty: all were taken.
boost::asio::awaitable<std::optional<Failure>> take_steps(Listener& listener,
                                                          const std::vector<ScriptStep>& steps,
                                                          Step at);

// Why a frame could not be sent: what the server said before, which is heard first, or how it
// ended the session; else `failed`, the failure of the send. At events send_failed, where the
// session ended without a word.
boost::asio::awaitable<Failure> not_sent(Listener& listener, Failure failed, Step at);

// What a session that is over means for a run at `at`; keeps the ending in the trace.
Failure ended_at(Step at, const net::Websocket& session, const Dialect& dialect, Trace& trace);

}  // namespace sonde::dialect
