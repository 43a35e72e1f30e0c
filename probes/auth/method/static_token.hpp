#pragma once
#include <optional>

#include "probes/auth/jwt/jwt_settings.hpp"
#include "probes/auth/login.hpp"

namespace sonde::auth {

// The token of `method: token`: a secret, or a text made of the identity, such as
// "{{identity.basic}}". A text that names nothing is a mistake, because it would be a literal
// secret.
struct TokenSource {
  config::Secret secret;
  text::Template text;  // empty: the secret
};

// `method: token`: a token from a secret, read again each time. It sends no request, so it proves
// nothing about the login, but its requirements are still checked. An expired one is a mistake of
// the monitor's operator (monitor_credential_expired).
class StaticToken : public Login {
 public:
  struct Settings {
    TokenSource token;
    std::optional<JwtSettings> jwt;
    net::ConnectionOptions line;  // to the published keys
  };
  explicit StaticToken(Settings settings) : settings_(std::move(settings)) {}
  boost::asio::awaitable<std::expected<Token, Failure>> run(Context& context) const override;
  void needs(text::Needs& needs) const override;
  bool asks() const override { return false; }
  std::string own_secret() const override { return settings_.token.secret.reveal().value_or(""); }

 private:
  std::expected<Token, Failure> read(Context& context) const;
  Settings settings_;
};
const config::Section<StaticToken::Settings>& section_of(const StaticToken::Settings*);

}  // namespace sonde::auth

namespace sonde::config {
template <>
struct Codec<auth::TokenSource> {
  static bool read(const Value&, const Reader&, const Rule&, auth::TokenSource& out);
  static Value schema(const Rule&);
  static std::string show(const auth::TokenSource&) { return ""; }
};
}  // namespace sonde::config
