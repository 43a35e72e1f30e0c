#pragma once
#include "probes/upgrade/refuse_check.hpp"

namespace sonde::upgrade {

// The refusal check wrong_password: a login with a wrong password, or where no login shows it, an
// upgrade whose socket, dialect or fixed token does. A login that gives a token, whatever it is
// good for, is auth_fail_open. After a refused login the account logs in with the right password,
// which proves that the password was the cause and ends the count of refused logins, the server's
// own too; refusal_unclear if that fails. Not performed if refused logins of the account are
// counted that use up half of its `lockout`.
boost::asio::awaitable<Checked> check_password(const RefusalSubject& subject);

// Whether the probe shows a secret of the identity anywhere. Pure.
bool shows_password(const session::SessionSettings& session, const session::ProbeContext& site);

}  // namespace sonde::upgrade
