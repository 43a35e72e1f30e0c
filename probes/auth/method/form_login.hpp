#pragma once
#include <map>
#include <optional>
#include <string>

#include "probes/auth/form/forms.hpp"
#include "probes/auth/login.hpp"
#include "probes/auth/method/step_request.hpp"
#include "probes/text/pattern.hpp"

namespace sonde::auth {

// What shows that the form was accepted; all configured conditions have to hold. Without any, or
// with a cookie alone: a session that prove_login knows to be the user's.
struct FormSuccess {
  std::optional<text::Pattern> redirect;  // found in the URL that the answer redirects to
  std::string cookie;                     // is set
  std::optional<text::Pattern> body;      // found in the page at the end of the redirects
  bool empty() const { return !redirect && cookie.empty() && !body; }
};
const config::Section<FormSuccess>& section_of(const FormSuccess*);

// `method: form`: fetches the login page, fills in its form as a user does, with the hidden fields
// and cookies that protect it, and posts it. The result is the session's cookies, for `token_in:
// cookie`; {{token}} is the value of `success.cookie`. It may then make further requests with the
// cookies, as the opened page does, and capture what a socket needs.
class FormLogin : public Login {
 public:
  struct Settings {
    text::Template url;
    std::map<std::string, text::Template> fields;  // empty: username and password of the identity
    std::map<std::string, text::Template> headers;
    FormSuccess success;
    std::optional<text::Pattern> refused;     // found in the body: the credentials are rejected
    std::optional<text::Pattern> csrf_error;  // found in the body: the CSRF token is rejected
    Span lifetime{};                          // of the session; 0: that of its cookie
    std::vector<StepRequest> then;            // requests that the page makes once it is open
    net::ConnectionOptions line;
  };
  explicit FormLogin(Settings settings) : settings_(std::move(settings)) {
    use_usual_if_none(settings_.fields);
  }
  boost::asio::awaitable<std::expected<Token, Failure>> run(Context& context) const override;
  void needs(text::Needs& needs) const override;
  std::vector<std::string> gives() const override { return captures_of(settings_.then); }

 private:
  boost::asio::awaitable<std::expected<Token, Failure>> fill_in(Context& context) const;
  Settings settings_;
};
const config::Section<FormLogin::Settings>& section_of(const FormLogin::Settings*);

bool check(const FormLogin::Settings& settings, const config::Value& value,
           const config::Reader& reader);

}  // namespace sonde::auth
