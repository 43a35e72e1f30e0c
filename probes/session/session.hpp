#pragma once
#include <memory>
#include <optional>

#include <boost/asio/awaitable.hpp>

#include "config/percent.hpp"
#include "probes/core/common.hpp"
#include "probes/core/probe.hpp"
#include "probes/dialect/dialect.hpp"
#include "probes/session/probe_context.hpp"
#include "probes/session/shared.hpp"
#include "probes/session/socket.hpp"

namespace sonde::session {

// What a probe over a WebSocket is made of, as configured.
struct SessionSettings {
  std::string socket_name;  // of `sockets:`; its keys were read before the probe's own
  Socket socket;
  std::string dialect_name = "agent-events";
  config::Percent reuse{.share = 0.8};  // of a token's life
  std::shared_ptr<const dialect::Dialect> dialect = dialect::usual_dialect();
};
const config::Section<SessionSettings>& section_of(const SessionSettings*);
void add_needs(const SessionSettings& settings, text::Needs& needs);
// Whether somebody has to log in first: the socket carries a token, or the dialect says it.
bool needs_token(const SessionSettings& settings);

// The walk to a ready session: login (unless no token is needed), upgrade, ready. It
// keeps the trace's steps, phases and auth samples. With `failure`, there is no session.
struct Opened {
  std::optional<net::Websocket> session;
  std::optional<Verdict> failure;
};
boost::asio::awaitable<Opened> open_session(const SessionSettings& settings,
                                            const ProbeContext& site, Shared& shared,
                                            text::Names& names, Trace& trace);

// The part of it from the upgrade on, with a request of one's own and no auth sample.
boost::asio::awaitable<Opened> open_socket(const net::UpgradeRequest& request,
                                           const SessionSettings& settings, net::Network& network,
                                           text::Names& names, Trace& trace);

// The token `used` is not used again if the server refused it, also later than it got ready; nor if
// there was another failure before any session got ready with it.
void reconsider_token(const SessionSettings& settings, const ProbeContext& site, Shared& shared,
                      std::string_view used, const std::optional<Verdict>& failure,
                      const Trace& trace);

// Why the cookies that the socket wants do not come: the login left none, and none is made up.
std::optional<Failure> lacks_cookies(const Socket& socket, const auth::Token& token);

// {{cookies}}: what a browser would send to the socket.
void offer_cookies(const auth::Token& token, const Socket& socket, text::Names& names);

// Leaves a session: the closing handshake within a second, which never fails a run.
boost::asio::awaitable<void> leave_session(net::Websocket& session, Trace& trace);

}  // namespace sonde::session
