#pragma once
#include <map>
#include <optional>
#include <string>

#include "probes/auth/form/forms.hpp"
#include "probes/auth/login.hpp"
#include "probes/auth/method/step_request.hpp"
#include "probes/text/pattern.hpp"

namespace sonde::auth {

// What says that the form was accepted; all that is written has to hold. Nothing written: a
// redirect to another path, and a cookie that is new or has another value. Cookies alone have to be
// proven: see is_logged_in.
struct FormSuccess {
  std::optional<text::Pattern> redirect;  // in the address that the answer redirects to
  std::string cookie;                     // is set; alone, it is new or has another value
  std::optional<text::Pattern> body;      // in the page where the redirects end
  bool empty() const { return !redirect && cookie.empty() && !body; }
};
const config::Section<FormSuccess>& section_of(const FormSuccess*);

// `method: form`: fetches the page that users open, fills in its form as they do, with the hidden
// fields and cookies that guard it, and posts it. What it gives are the session's cookies, for
// `token_in: cookie`; {{token}} is the value of `success.cookie`. Then it may make further requests
// with the cookies, as the page does once it is open, and capture what a socket needs.
class FormLogin : public Login {
 public:
  struct Settings {
    text::Template url;
    std::map<std::string, text::Template> fields;  // none: username and password, of the identity
    std::map<std::string, text::Template> headers;
    FormSuccess success;
    std::optional<text::Pattern> refused;     // in the body: the credentials are refused
    std::optional<text::Pattern> csrf_error;  // in the body: the CSRF token is refused
    Span lifetime{};                          // of the session; 0: as its cookie says
    std::vector<StepRequest> then;            // what the page asks for once it is open
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

// What came of a form that was sent.
struct FormAnswer {
  const net::Response& answer;
  const net::Response& page;  // where the redirects end, if there were any, else the answer itself
  const Cookies& before;      // when it was sent
  const Cookies& after;
  bool unproven = false;  // all that was wanted came, but may have come to anybody
};

// That the answer did set the session's cookie, and why it was not kept; empty: it did not. Pure.
std::string lost_session(const FormSuccess& success, const FormAnswer& seen);

// Why the answer to a form is no success, and no failure of the service either: credentials, csrf,
// forbidden, account_locked, no_session, or by its status. Pure.
Failure explain_form(const FormLogin::Settings& settings, const FormAnswer& seen,
                     const Entries& entries);

}  // namespace sonde::auth
