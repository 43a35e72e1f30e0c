#pragma once
#include <expected>

#include <boost/asio/awaitable.hpp>

#include "probes/core/trace.hpp"
#include "probes/session/probe_context.hpp"
#include "probes/session/shared.hpp"

namespace sonde::session {

// The login of a run: step login, phase login, and the auth sample (none for a login that asks
// nobody, for one that is suppressed, and for a token that an earlier one left, which is used until
// `reuse` (0 to 1) of its life is over). On success `names` knows {{token}}, {{refresh_token}} and
// {{login.NAME}}.
boost::asio::awaitable<std::expected<auth::Token, Failure>> log_in(const ProbeContext& site,
                                                                   Shared& shared,
                                                                   text::Names& names, Trace& trace,
                                                                   double reuse = 0);

// The login itself, whatever is remembered and with no auth sample: asked only if lock-out
// protection lets it (else suppressed), which learns what came of it. `names` as above.
boost::asio::awaitable<std::expected<auth::Token, Failure>> log_in_by(const auth::Login& login,
                                                                      const ProbeContext& site,
                                                                      Shared& shared,
                                                                      text::Names& names,
                                                                      Trace& trace);

}  // namespace sonde::session
