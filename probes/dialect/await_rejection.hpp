#pragma once
#include <cstdint>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "probes/dialect/ready.hpp"
#include "probes/dialect/refused_by.hpp"

namespace sonde::dialect {

// The first decisive message of a session that should have been refused. `refusal`: as defined by
// `refused_by`: an authentication error according to the dialect's rules, its frame, one of its
// Close codes, or no welcome for `silence`. `welcome`: the ready message, or, if none is expected,
// the acknowledgement of all steps, if no refusal follows within a second (or ready.within); and
// any event. Everything else (heartbeats, undecodable messages) is neither, and is skipped.
// `ended`: the session ended in another way. `unclear`: the run was cancelled, or something cannot
// be sent.
enum class Heard : std::uint8_t { refusal, welcome, silence, ended, unclear };

struct Rejection {
  Heard heard = Heard::unclear;
  std::string others;  // what was skipped: "1 other message came, news"; empty: nothing came
};

// Takes the dialect's steps with the token of `names`, from which the variables are set again, and
// listens for refused_by.silence, or for ready.within if that is 0.
boost::asio::awaitable<Rejection> await_rejection(net::Websocket& session, const Dialect& dialect,
                                                  const Ready& ready, const RefusedBy& refused_by,
                                                  text::Names& names, Trace& trace);

}  // namespace sonde::dialect
