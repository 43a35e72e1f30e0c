#pragma once
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "probes/dialect/dialect.hpp"
#include "probes/net/websocket/websocket.hpp"
#include "probes/session/socket.hpp"

namespace sonde::upgrade {

// `ping:` of a hold: how often we ping; 0 (none): never.
struct PingEvery {
  Span every = std::chrono::seconds(20);
};

// `expect:` of a hold: `still_open`, or { closed: [codes], within: 10s } after the token expired.
struct HoldEnd {
  bool closed = false;
  std::vector<int> codes = {1008, 4401};
  Span within = std::chrono::seconds(10);
};
const config::Section<HoldEnd>& section_of(const HoldEnd*);

// `hold:` of an upgrade probe: how long a ready session is kept, and what has to become of it.
struct Hold {
  Span length{};
  PingEvery ping;
  HoldEnd expect;
};
const config::Section<Hold>& section_of(const Hold*);

// How a session was held.
struct Held {
  Instant begun, over;
  std::optional<Instant> expires;  // the token, where it says so
  Instant heard;                   // the peer's last sign before the end
  Span survived{};                 // the longest silence of the peer that ended nothing
  std::optional<Ending> ending;    // empty: it was still open
};

// Until when a session is held: for its length, and no longer than the server may take to close it.
Instant hold_until(const Hold& hold, Instant begun, std::optional<Instant> expires);

// What came of it; pure. The FIN or RST of a session that was silent for a second or more, and had
// not been silent for so long before, is an idle limit on the way (idle_closed); that of one in
// use, or within a frame, is close_unclean. Where it should stay open, a Close is hold_expired, or
// restarting (1001, 1012). Where it should be closed: not_closed, wrong_close (another code, or
// before the token expired), hold_unclear (the token outlives the hold).
std::optional<Failure> judge_hold(const Hold& hold, const Held& held);

// Where the server of a held session is, and when the token expires as the login said it.
struct HeldAt {
  net::Network& network;
  const session::Socket& socket;
  std::optional<Instant> expires = {};
};

// Holds a ready session; step and phase hold. Heartbeats of the dialect are answered. Failures:
// those of judge_hold, pong_missing, what a rule of the dialect says, and what the peer did wrong.
// Where a session seems to have met an idle limit, the server is asked once whether it still
// accepts connections: tcp_refused or close_unclean if it does not. Does not close.
boost::asio::awaitable<std::optional<Failure>> hold_session(net::Websocket& session,
                                                            const Hold& hold,
                                                            const dialect::Dialect& dialect,
                                                            HeldAt at, text::Names& names,
                                                            Trace& trace);

}  // namespace sonde::upgrade

namespace sonde::config {
template <>
struct Codec<upgrade::PingEvery> {
  static bool read(const Value&, const Reader&, const Rule&, upgrade::PingEvery& out);
  static Value schema(const Rule&);
  static std::string show(const upgrade::PingEvery& ping) { return config::show(ping.every); }
};
template <>
struct Codec<upgrade::HoldEnd> {
  static bool read(const Value&, const Reader&, const Rule&, upgrade::HoldEnd& out);
  static Value schema(const Rule&);
  static std::string show(const upgrade::HoldEnd&) { return "still_open"; }
};
}  // namespace sonde::config
