#pragma once
#include <expected>
#include <string>

#include "probes/upgrade/refuse.hpp"

namespace sonde::upgrade {

// What a check uses in place of the valid login: names without any valid value, and a description
// if one is needed.
struct BadLogin {
  text::Names names;
  std::string what = {};
  // If not empty, it only substitutes for the token of the check; its refusal proves nothing, for
  // this reason.
  std::string stands_in = {};
};

// The bad login of a check that has its own. refusal_unclear: it cannot be made from this login, or
// is not available; ok: there is none yet, but there will be one later.
boost::asio::awaitable<std::expected<BadLogin, Failure>> bad_login(RefusalCheck check,
                                                                   const RefusalSubject& subject);

// A login that gives a token which no one else uses; null: there is none.
const auth::Login* login_of_its_own(const auth::Login& login);

// The names of the run with the result of a new login, and without that of the previous one. Makes
// no auth sample, and keeps neither the new token in the cache nor the old one, which the new login
// may have ended. refusal_unclear: there is no such login, or it failed.
boost::asio::awaitable<std::expected<text::Names, Failure>> fresh_login(
    const RefusalSubject& subject);

}  // namespace sonde::upgrade
