#pragma once
#include "probes/auth/login.hpp"
#include "probes/auth/method/oidc_config.hpp"

namespace sonde::auth {

// `method: oidc_check`: an OpenID configuration alone: its issuer, its endpoints, its keys; and
// with a `login` inside, that a fresh token of it is signed by one of them.
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
