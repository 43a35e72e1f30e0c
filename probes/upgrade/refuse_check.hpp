#pragma once
#include <expected>
#include <optional>
#include <string>

#include "probes/upgrade/refuse_upgrade.hpp"

namespace sonde::upgrade {

// What a check shows in the place of the good login: names without anything that is good, and what
// it is where that has to be said.
struct BadLogin {
  text::Names names;
  std::string what = {};
  // Not empty: it only stands in for the token of the check. Its refusal proves nothing, and this
  // is why.
  std::string stands_in = {};
};

// That of the checks that have one of their own. refusal_unclear: it cannot be made of this login,
// or nobody gives it; ok: there is none yet, which time will change.
boost::asio::awaitable<std::expected<BadLogin, Failure>> bad_login(RefusalCheck check,
                                                                   const RefusalSubject& subject);

// The login that gives something that nobody else holds; null: there is none.
const auth::Login* login_of_its_own(const auth::Login& login);

// The names of the run with what a fresh login gives, and with nothing of the one before. It is no
// sample of the auth rate, and no token is kept, also not the one before, which it may have
// ended. refusal_unclear: there is no such login, or it failed.
boost::asio::awaitable<std::expected<text::Names, Failure>> fresh_login(
    const RefusalSubject& subject);

boost::asio::awaitable<Checked> check_one(RefusalCheck check, const RefusalSubject& subject);

// The upgrade that the checks vary, with nothing wrong about it; empty: it is accepted.
struct Control {
  std::optional<Failure> failure = {};
  diagnosis::Observation seen = {};
};
boost::asio::awaitable<Control> try_control(const RefusalSubject& subject);

}  // namespace sonde::upgrade
