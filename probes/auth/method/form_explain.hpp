#pragma once
#include <string>

#include "probes/auth/method/form_login.hpp"
#include "probes/auth/method/form_proof.hpp"

namespace sonde::auth {

// The outcome of a submitted form.
struct FormAnswer {
  const net::Response& answer;
  const net::Response& page;  // at the end of the redirects, if any; otherwise the answer itself
  const Cookies& before;      // when the form was sent
  const Cookies& after;
  std::string tried = {};  // all conditions hold, but what was tried does not prove it
};

// Says that the answer set the session's cookie and why it was not stored; empty: it set none.
// Pure.
std::string lost_session(const FormSuccess& success, const FormAnswer& seen);

// Whether `success.cookie` is there and is as it was before, so that only a proof could show that
// it is a login's. Pure.
bool keeps_named(const FormLogin::Settings& settings, const FormAnswer& seen);

// Why the pages after an answer that is no refusal know nobody: the session's cookie was not
// stored, or it does not go where the answer redirects to, from the form at `form` to `to`. Empty:
// not so. Such pages ask again, whatever the password was. `sure`: the cookie is the session's
// without doubt, so the credentials were taken. Pure.
struct LostSession {
  std::string why;
  bool sure = false;
};
LostSession session_lost_on_the_way(const FormLogin::Settings& settings, const FormAnswer& seen,
                                    const net::Url& form, const std::optional<net::Url>& to);

// Why the answer to a form is not a success, apart from failures of the service: credentials, csrf,
// forbidden, account_locked, no_session, or by its status. Pure.
Failure explain_form(const FormLogin::Settings& settings, const FormAnswer& seen,
                     const Entries& entries);

// Why a login that left a session may have been refused all the same, and what to write. Pure.
std::string explain_unproven(const net::Response& answer, const LoginProof& proof);

}  // namespace sonde::auth
