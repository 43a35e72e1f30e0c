#pragma once
#include <memory>
#include <optional>

#include <boost/asio/awaitable.hpp>

#include "config/percent.hpp"
#include "probes/core/common.hpp"
#include "probes/core/probe.hpp"
#include "probes/dialect/dialect.hpp"
#include "probes/dialect/dialect_book.hpp"
#include "probes/session/probe_context.hpp"
#include "probes/session/shared.hpp"
#include "probes/session/socket.hpp"

namespace sonde::session {

// The configuration of a probe that uses a WebSocket.
struct SessionSettings {
  std::string socket_name;  // a name in `sockets:`, whose keys were read before the probe's own
  Socket socket;
  std::string dialect_name = "agent-events";
  config::Percent reuse{.share = 0.8};  // of a token's lifetime
  std::shared_ptr<const dialect::Dialect> dialect = dialect::usual_dialect();
};
const config::Section<SessionSettings>& section_of(const SessionSettings*);
void add_needs(const SessionSettings& settings, text::Needs& needs);
// Whether a login is needed first: the socket carries a token, or the dialect uses it.
bool needs_token(const SessionSettings& settings);

class Question;
class SecretTrial;

// What showed a secret of the identity in an opened session. Whether it was accepted is known only
// when the session went on; see reconsider_secret.
struct Shown {
  std::shared_ptr<SecretTrial> trial = nullptr;  // null: nothing was shown
  std::optional<Instant> ready_at = {};  // when the server called the session ready; empty: never
};

// Opens a session that is ready for use: login (if a token is needed), upgrade, ready. Records
// steps, phases and auth samples in the trace. If `failure` is set, there is no session.
struct Opened {
  std::optional<net::Websocket> session;
  std::optional<Verdict> failure;
  Shown shown = {};
};
boost::asio::awaitable<Opened> open_session(const SessionSettings& settings,
                                            const ProbeContext& site, Shared& shared,
                                            text::Names& names, Trace& trace);

// Does the same from the upgrade on, with the given request and without an auth sample. If the
// session shows a secret of the identity, fails with suppressed while the account is held back; see
// SecretTrial.
boost::asio::awaitable<Opened> open_socket(const net::UpgradeRequest& request,
                                           const SessionSettings& settings,
                                           const ProbeContext& site, Shared& shared,
                                           text::Names& names, Trace& trace);
// The same for another question than that of the settings, such as that of an experiment.
boost::asio::awaitable<Opened> open_socket(Question question, const net::UpgradeRequest& request,
                                           const SessionSettings& settings,
                                           const ProbeContext& site, Shared& shared,
                                           text::Names& names, Trace& trace);

// Stops the reuse of the token `used` if the server refused it, even after the session was ready,
// or if another failure occurred before any session was ready with it.
void reconsider_token(const SessionSettings& settings, const ProbeContext& site, Shared& shared,
                      std::string_view used, const std::optional<Verdict>& failure,
                      const Trace& trace);

// Returns why the cookies that the socket needs are missing: the login set none. They are not made
// up.
std::optional<Failure> lacks_cookies(const Socket& socket, const auth::Token& token);

// Sets {{cookies}} to the cookies that a browser would send to the socket.
void offer_cookies(const auth::Token& token, const Socket& socket, text::Names& names);

// Ends a session with the closing handshake, within a second, if it has not ended yet; never fails
// a run.
boost::asio::awaitable<void> leave_session(net::Websocket& session, Trace& trace);

}  // namespace sonde::session
