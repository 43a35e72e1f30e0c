#pragma once
#include <map>
#include <string>

#include "probes/auth/form/forms.hpp"
#include "probes/auth/jwt/jwt_settings.hpp"
#include "probes/auth/login.hpp"
#include "probes/auth/method/authorization.hpp"
#include "probes/auth/method/client_proof.hpp"

namespace sonde::auth {

// `method: oidc`: discovery, the authorization code flow with PKCE S256 through the provider's own
// forms, the token request, and the checks of the ID token (OpenID Connect Core section 3.1.3.7):
// issuer, audience, nonce, times, and signature with the published keys.
class Oidc : public Login {
 public:
  struct Settings {
    text::Template issuer;
    ClientProof client{.how = ClientProof::How::none};
    text::Template redirect_uri;
    std::string scope = "openid";
    std::map<std::string, text::Template> fields;  // empty: username and password of the identity
    std::map<std::string, text::Template> parameters;
    bool same_host = false;
    bool use_id_token = false;
    std::optional<text::Pattern> refused;
    std::optional<JwtSettings> jwt;
    net::ConnectionOptions line;
  };
  explicit Oidc(Settings settings) : settings_(std::move(settings)) {
    use_usual_if_none(settings_.fields);
  }
  boost::asio::awaitable<std::expected<Token, Failure>> run(Context& context) const override;
  void needs(text::Needs& needs) const override;

 private:
  struct Secrets;  // state, nonce and verifier of one run
  std::expected<Authorization, Failure> request(Context& context, const OidcConfig& config,
                                                const Secrets& secrets) const;
  boost::asio::awaitable<std::expected<Token, Failure>> redeem(Context& context,
                                                               const OidcConfig& config,
                                                               const std::string& code,
                                                               const Secrets& secrets) const;
  boost::asio::awaitable<std::optional<Failure>> check_id_token(Context& context,
                                                                const OidcConfig& config,
                                                                const Token& token,
                                                                const Secrets& secrets) const;
  Settings settings_;
};
const config::Section<Oidc::Settings>& section_of(const Oidc::Settings*);

}  // namespace sonde::auth
