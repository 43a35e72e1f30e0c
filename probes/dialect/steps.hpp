#pragma once
#include <optional>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "probes/dialect/listener.hpp"

namespace sonde::dialect {

// Takes the steps of a dialect in order: sends and waits. `at` is ready or events. Failures: those
// of a session that ends or of a frame that a rule rejects; if an expected frame does not come in
// time, no_ready at ready and timeout at events; send_failed only at events. Empty: all steps were
// taken.
boost::asio::awaitable<std::optional<Failure>> take_steps(Listener& listener,
                                                          const std::vector<ScriptStep>& steps,
                                                          Step at);

// Why a frame could not be sent: what the server sent before, which is processed first, or how it
// ended the session; otherwise `failed`, the failure of the send. At events send_failed, if the
// session ended without a Close.
boost::asio::awaitable<Failure> not_sent(Listener& listener, Failure failed, Step at);

// The meaning of an ended session for a run at `at`; records the ending in the trace.
Failure ended_at(Step at, const net::Websocket& session, const Dialect& dialect, Trace& trace);

}  // namespace sonde::dialect
