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
// {{login.NAME}} in `names`.
boost::asio::awaitable<std::expected<auth::Token, Failure>> log_in(const ProbeContext& site,
                                                                   Shared& shared,
                                                                   text::Names& names, Trace& trace,
                                                                   double reuse = 0);

// Performs the login itself, without cached tokens and without an auth sample. Sends requests only
// if lockout protection allows it (else suppressed), and reports their outcome to it. Sets `names`
// as above.
boost::asio::awaitable<std::expected<auth::Token, Failure>> log_in_by(const auth::Login& login,
                                                                      const ProbeContext& site,
                                                                      Shared& shared,
                                                                      text::Names& names,
                                                                      Trace& trace);

}  // namespace sonde::session
