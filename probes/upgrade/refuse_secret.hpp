#pragma once
#include <expected>

#include "probes/upgrade/refuse_check.hpp"

namespace sonde::upgrade {

// Checks that show a wrong secret of an account, such as a wrong password. The service may count
// each of them as a refused login, so they are made one at a time for all users of the account,
// only while less than half of its `lockout` is used up, and each is followed by the right secret,
// which ends the count, the server's own too.

// Whether the check shows one: a wrong password, or something in place of a token that is made of
// the password. Pure.
bool shows_wrong_secret(RefusalCheck check, const session::ProbeContext& site);

// The right to show one; keep it until the right secret was shown. The error: not performed, or the
// run was cut.
boost::asio::awaitable<std::expected<auth::LoginGuard::WrongPassword, Checked>> claim_wrong_secret(
    const auth::Owner& owner, const RefusalSubject& subject);

// Shows the right secret in a session after a check that needs a control. Without a session,
// refusal_unclear.
boost::asio::awaitable<Checked> show_right_secret(RefusalCheck check, const RefusalSubject& subject,
                                                  Checked checked);

}  // namespace sonde::upgrade
