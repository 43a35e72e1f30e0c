#pragma once
#include "probes/auth/login.hpp"
#include "probes/auth/method/client_proof.hpp"
#include "probes/auth/method/grant.hpp"
#include "probes/text/tree.hpp"

namespace sonde::auth {

// `method: jwt_bearer`: the grant is a JWT that we sign (RFC 7523 section 2.1), as for service
// accounts. Proves that the token endpoint works, but not that users can log in.
class JwtBearer : public Login {
 public:
  struct Settings {
    Grant grant;
    SigningKey key;
    text::Template issuer = "{{identity.username}}";
    text::Template subject;
    text::Template audience;  // empty: the URL
    text::Tree claims;
    std::string scope;
  };
  explicit JwtBearer(Settings settings) : settings_(std::move(settings)) {}
  boost::asio::awaitable<std::expected<Token, Failure>> run(Context& context) const override;
  void needs(text::Needs& needs) const override;
  std::string own_secret() const override { return settings_.key.key.reveal().value_or(""); }

 private:
  std::expected<std::string, Failure> assertion(FormBody& body, Context& context) const;
  Settings settings_;
};
const config::Section<JwtBearer::Settings>& section_of(const JwtBearer::Settings*);

}  // namespace sonde::auth
