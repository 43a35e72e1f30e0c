#pragma once
#include <optional>

#include <boost/asio/awaitable.hpp>

#include "probes/session/session.hpp"

namespace sonde::session {

// What a server still says to a client whose session it has called ready: some greet every client
// before they refuse it.

// auth_rejected_after_accept if a session that was just ready has ended already in a way that
// refuses clients (of the dialect or of refused_by), and nothing else is to be read before.
std::optional<Failure> refused_at_once(net::Websocket& session, const SessionSettings& settings,
                                       Trace& trace);

// Leaves a ready session as leave_session does. Fails as dialect::ended_after_accept if the server
// has ended it before, and with auth_rejected_after_accept if what has arrived, or arrives until
// the server answers our Close, is a refusal: a message that the dialect's rules or refused_by
// name, or a Close of its own. Takes no longer than leave_session.
boost::asio::awaitable<std::optional<Failure>> leave_ready(net::Websocket& session,
                                                           const SessionSettings& settings,
                                                           text::Names& names, Trace& trace);

// The same for a session that is used for nothing else, with what it says about the secret.
boost::asio::awaitable<Verdict> leave_unused(Opened& opened, const SessionSettings& settings,
                                             text::Names& names, Trace& trace);

// How an opened session went on: `verdict` is that of the run, before the session is left. If it
// ended in a way that refuses clients, or a session without a ready message before it said
// anything, the secret that it showed may have been refused, and that is counted; otherwise it was
// accepted. A session that was ready for a while was not refused, but expired.
void reconsider_secret(const Shown& shown, const net::Websocket& session,
                       const SessionSettings& settings, const Verdict& verdict, text::Names& names,
                       const Trace& trace);

}  // namespace sonde::session
