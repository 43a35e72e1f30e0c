#pragma once
#include <string>

#include "probes/auth/method/form_login.hpp"

namespace sonde::auth {

// The outcome of a submitted form.
struct FormAnswer {
  const net::Response& answer;
  const net::Response& page;  // at the end of the redirects, if any; otherwise the answer itself
  const Cookies& before;      // when the form was sent
  const Cookies& after;
  bool unproven = false;  // all conditions hold, but they may hold for any visitor
};

// Says that the answer set the session's cookie and why it was not stored; empty: it set none.
// Pure.
std::string lost_session(const FormSuccess& success, const FormAnswer& seen);

// Why the answer to a form is not a success, apart from failures of the service: credentials, csrf,
// forbidden, account_locked, no_session, or by its status. Pure.
Failure explain_form(const FormLogin::Settings& settings, const FormAnswer& seen,
                     const Entries& entries);

}  // namespace sonde::auth
