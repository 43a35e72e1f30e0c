#pragma once
#include <cstdint>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "probes/dialect/ready.hpp"
#include "probes/dialect/refused_by.hpp"

namespace sonde::dialect {

// What a session says to somebody who should have been refused, in the order in which it comes. A
// refusal is what `refused_by` says: an authentication error as the dialect's rules know it, its
// frame, one of its Close codes, or that nothing welcomes for so long. A welcome is the ready
// message, or, where none is awaited, that all steps were acknowledged, if no refusal follows
// within a second (or ready.within); and any event. Everything else (heartbeats, what cannot be
// read) is neither, and is passed over. `ended`: the session is over, in another way. `unclear`:
// the run was cut, or something cannot be sent.
enum class Heard : std::uint8_t { refusal, welcome, silence, ended, unclear };

struct Overheard {
  Heard heard = Heard::unclear;
  std::string others;  // what was passed over: "1 other message came, news"; empty: nothing came
};

// Takes the dialect's steps with the token of `names`, from which the variables are made anew, and
// listens for refused_by.silence, or where that is none for ready.within.
boost::asio::awaitable<Overheard> overhear(net::Websocket& session, const Dialect& dialect,
                                           const Ready& ready, const RefusedBy& refused_by,
                                           text::Names& names, Trace& trace);

}  // namespace sonde::dialect
