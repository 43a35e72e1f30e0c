#pragma once
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "probes/dialect/dialect.hpp"
#include "probes/net/websocket/websocket.hpp"
#include "probes/session/socket.hpp"

namespace sonde::upgrade {

// `ping:` of a hold: interval of our pings; 0 (none): never.
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

// `hold:` of an upgrade probe: how long a ready session is kept, and how it should end.
struct Hold {
  Span length{};
  PingEvery ping;
  HoldEnd expect;
};
const config::Section<Hold>& section_of(const Hold*);

// What happened to a held session.
struct Held {
  Instant begun, over;
  std::optional<Instant> expires;  // if the token has an expiry time
  Instant heard;                   // last byte of the peer before the end
  Span survived{};                 // the longest silence of the peer that did not end the session
  std::optional<Ending> ending;    // empty: still open
};

// Until when a session is held: for its length, but no longer than the server may take to close it.
Instant hold_until(const Hold& hold, Instant begun, std::optional<Instant> expires);

// The verdict about a held session. Pure. A FIN or RST after a silence of a second or more, if no
// longer silence was survived before, is an idle limit on the way (idle_closed); on a session in
// use, or within a frame, it is close_unclean. If the session should stay open, a Close is
// hold_expired, or restarting (1001, 1012). If it should be closed: not_closed, wrong_close
// (another code, or before the token expired), hold_unclear (the token outlives the hold).
std::optional<Failure> judge_hold(const Hold& hold, const Held& held);

// The server of a held session, and when the token expires according to the login.
struct HeldAt {
  net::Network& network;
  const session::Socket& socket;
  std::optional<Instant> expires = {};
};

// Holds a ready session; step and phase hold. Answers the dialect's heartbeats. Failures: those of
// judge_hold, pong_missing, those of the dialect's rules, and protocol violations of the peer. If a
// session seems to have met an idle limit, checks once whether the server still accepts
// connections: tcp_refused or close_unclean if it does not. Does not close the session.
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
