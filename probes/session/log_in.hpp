#pragma once
#include <expected>

#include <boost/asio/awaitable.hpp>

#include "probes/core/trace.hpp"
#include "probes/session/probe_context.hpp"
#include "probes/session/shared.hpp"

namespace sonde::session {

// Performs the login of a run: step login, phase login, and the auth sample (none for a login that
// sends no request, for a suppressed one, and for a token left by an earlier login, which is reused
// until `reuse` (0 to 1) of its lifetime is over). On success sets {{token}}, {{refresh_token}} and
// {{login.NAME}} in `names`. A login
// that may have been refused (Token::unproven) makes no sample, and the trace says why.
boost::asio::awaitable<std::expected<auth::Token, Failure>> log_in(const ProbeContext& site,
                                                                   Shared& shared,
                                                                   text::Names& names, Trace& trace,
                                                                   double reuse = 0);

// Something that the server does only for a user who is logged in has shown that the run's login
// was accepted, if that was open.
void prove_login(const ProbeContext& site, Shared& shared, Trace& trace);

// Performs the login itself, without cached tokens and without an auth sample. Sends requests only
// if lockout protection allows it (else suppressed), and reports their outcome to it. Sets `names`
// as above.
boost::asio::awaitable<std::expected<auth::Token, Failure>> log_in_by(const auth::Login& login,
                                                                      const ProbeContext& site,
                                                                      Shared& shared,
                                                                      text::Names& names,
                                                                      Trace& trace);

// A mark of the credentials of the account that a login, which may be null, and the probe itself
// show; see auth::LockoutTable. It is that of ProbeContext::credentials, so that all logins of an
// identity have the same, or of the login's own secret, if it shows nothing of the identity.
std::uint16_t mark_of(const auth::Login* login, const ProbeContext& site, const text::Names& names,
                      const auth::TokenCache& token_cache);

// The longest time for which a server that asks for it is left alone: a recovery has to be noticed
// after at most two ticks.
Span quiet_max(const ProbeContext& site);

}  // namespace sonde::session
