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
  const net::Url& page;               // of the form
  const Cookies& before;              // when the form was sent
  const Cookies& after;               // when it was answered
  const Cookies& now;                 // at the end of the redirects
  const std::string& named;           // the session cookie that the user configured; empty: none
  const std::optional<net::Url>& to;  // where the answer redirected to
};

// What the pages that were asked for show about the session.
struct LoginProof {
  enum class Kind : std::uint8_t {
    none,      // nothing: a visitor may get the same
    unproven,  // the session is treated otherwise, as that of a refused login may be, too
    proven     // the pages name the user
  };
  Kind kind = Kind::none;
  bool refused = false;  // if none: a page says so, or offers to log in all the same
  std::string seen;      // what was tried and came, for people: "a visitor is not shown /home"
  Cookies cookies;       // of the session at the end of the visits
};

// Whether the cookies are those of a user who is logged in. Cookies alone say nothing: many
// services set one for anybody, renew one with every answer, or carry "wrong password" to the next
// page in one, also in the session's. So this asks for pages once more, as the user, when messages
// for the next page are used up, and as a visitor with the cookies of before: the page that the
// login led to, then the page with the form, and the start page if the login led nowhere; up to the
// first one that treats the two otherwise. That is so if it is shown to the user and not to the
// visitor, or offers the user alone to log out, or the visitor alone to log in, each time. Other
// differences prove nothing: anybody may get another tip, another language, or the message of a
// refused login.
//
// Being treated otherwise is no proof either: a login page may send the session of a refused login
// away from its form for a while, and a refused user may become a guest who may leave. It is proof
// if the page also names the user (`account_names`) and does not speak of a refusal.
//
// A session that the login leaves as it was (PHP) may be the user's as well; then the visitor comes
// without cookies.
//
// None if the answer leads to an error, a locked account, a captcha or a second factor. If the page
// that the login led to is out of reach, a new cookie that outlives these visits and that the
// visitor does not get is not proof, but something. Visits each page at most four times. Failure:
// cut.
boost::asio::awaitable<std::expected<LoginProof, Failure>> prove_login(
    Context& context, const net::ConnectionOptions& line, const SentForm& sent);

}  // namespace sonde::auth
