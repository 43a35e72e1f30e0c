#pragma once
#include <cstdint>

#include <boost/asio/awaitable.hpp>

#include "probes/talk/ready.hpp"

namespace sonde::talk {

// What a session says to somebody who should have been refused. A refusal is an authentication
// error as the dialect's rules know it; a welcome is the ready message, any event, or, where no
// ready message is awaited, that all steps were acknowledged. Everything else (heartbeats, what
// cannot be read) is neither, and is passed over.
enum class Heard : std::uint8_t { refusal, welcome, silence, ended };

// Takes the dialect's steps with the token of `names`, from which the variables are made anew, and
// listens until then, or until the run is cut (silence).
boost::asio::awaitable<Heard> overhear(net::Websocket& session, const Dialect& dialect,
                                       const Ready& ready, Instant until, text::Names& names,
                                       Trace& trace);

}  // namespace sonde::talk
