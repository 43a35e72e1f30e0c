#pragma once
#include "probes/auth/login.hpp"
#include "probes/auth/method/oidc_config.hpp"

namespace sonde::auth {

// `method: oidc_check`: checks only an OpenID configuration: its issuer, endpoints and keys; with
// an inner `login` also that a new token of it is signed with one of the keys.
class OidcCheck : public Login {
 public:
  struct Settings {
    text::Template issuer;
    bool same_host = false;
    Inner login;
    net::ConnectionOptions line;
  };
  explicit OidcCheck(Settings settings) : settings_(std::move(settings)) {}
  boost::asio::awaitable<std::expected<Token, Failure>> run(Context& context) const override;
  void needs(text::Needs& needs) const override;
  bool gives_token() const override { return settings_.login.login != nullptr; }

 private:
  Settings settings_;
};
const config::Section<OidcCheck::Settings>& section_of(const OidcCheck::Settings*);

}  // namespace sonde::auth
