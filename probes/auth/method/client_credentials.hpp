#pragma once
#include "probes/auth/login.hpp"
#include "probes/auth/method/client_proof.hpp"
#include "probes/auth/method/grant.hpp"

namespace sonde::auth {

// `method: client_credentials` (RFC 6749 section 4.4).
class ClientCredentials : public Login {
 public:
  struct Settings {
    Grant grant;
    ClientProof client;
    std::string scope;
    std::string audience;
  };
  explicit ClientCredentials(Settings settings) : settings_(std::move(settings)) {}
  boost::asio::awaitable<std::expected<Token, Failure>> run(Context& context) const override;
  void needs(text::Needs& needs) const override;

 private:
  Settings settings_;
};
const config::Section<ClientCredentials::Settings>& section_of(const ClientCredentials::Settings*);

}  // namespace sonde::auth
