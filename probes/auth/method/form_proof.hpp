#pragma once
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "probes/auth/form/forms.hpp"
#include "probes/auth/login.hpp"

namespace sonde::auth {

// A submitted form and its outcome.
struct SentForm {
  const net::Request& opening;        // for the page with the form, as first requested
  const net::Request& landing;        // for the page at the end of the redirects
  const net::Answer& landed;          // that page
  const Entries& entries;             // what was entered
  const Cookies& before;              // when the form was sent
  const Cookies& after;               // when it was answered
  const Cookies& now;                 // at the end of the redirects
  const std::string& named;           // the session cookie that the user configured; empty: none
  const std::optional<net::Url>& to;  // where the answer redirected to
};

// Whether the cookies are those of a user who is logged in. Many services renew a cookie with every
// answer, also with "wrong password", and set one for anybody, so that other cookies alone say
// nothing. Where the answer leads to no error, locked account, captcha or second factor, one of
// these does:
// - the named cookie was not there before the form was sent;
// - a visitor with the cookies of before is turned away from the page that the login led to, or
//   gets no cookie of the new one's name there;
// - the page with the form asks for the credentials no more.
// The pages are asked for once more where that has to be known. Failure: cut.
boost::asio::awaitable<std::expected<bool, Failure>> is_logged_in(
    Context& context, const net::ConnectionOptions& line, const SentForm& sent);

}  // namespace sonde::auth
