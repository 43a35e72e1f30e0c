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

// Whether the cookies are those of a logged-in user. Many services renew a cookie with every
// answer, even with "wrong password", and set one for every visitor, so other cookies prove
// nothing. If the answer does not redirect to an error, one of these is a proof:
// - the configured cookie did not exist before the form was sent;
// - a visitor with the earlier cookies is turned away from the page that the login led to, or gets
// no cookie with the new one's name there;
// - the page with the form no longer asks for the credentials. Requests the pages again if that is
// needed. Failure: cut.
boost::asio::awaitable<std::expected<bool, Failure>> is_logged_in(
    Context& context, const net::ConnectionOptions& line, const SentForm& sent);

}  // namespace sonde::auth
