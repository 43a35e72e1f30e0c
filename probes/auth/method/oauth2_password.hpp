#pragma once
#include "probes/auth/login.hpp"
#include "probes/auth/method/grant.hpp"

namespace sonde::auth {

// `method: oauth2_password`: the password grant as a form (RFC 6749 section 4.3), as required by
// FastAPI's OAuth2PasswordRequestForm, which answers JSON with 422.
class Oauth2Password : public Login {
 public:
  struct Settings {
    Grant grant;
    text::Template username = "{{identity.username}}";
    text::Template password = "{{identity.password}}";
    text::Template client_id, client_secret;
    std::string scope;
  };
  explicit Oauth2Password(Settings settings) : settings_(std::move(settings)) {}
  boost::asio::awaitable<std::expected<Token, Failure>> run(Context& context) const override;
  void needs(text::Needs& needs) const override;

 private:
  Settings settings_;
};
const config::Section<Oauth2Password::Settings>& section_of(const Oauth2Password::Settings*);

}  // namespace sonde::auth
