#pragma once
#include <cstdint>

#include "probes/auth/grant.hpp"
#include "probes/auth/login.hpp"

namespace sonde::auth {

// `method: client_credentials` (RFC 6749 4.4); the client proves itself by Basic authentication
// (2.3.1) or in the body.
class ClientCredentials : public Login {
 public:
  enum class Proof : std::uint8_t { basic, body };
  struct Settings {
    Grant grant;
    text::Template client_id = "{{identity.client_id}}";
    text::Template client_secret = "{{identity.client_secret}}";
    Proof proof = Proof::basic;
    std::string scope;
    std::string audience;
  };
  explicit ClientCredentials(Settings settings) : settings_(std::move(settings)) {}
  boost::asio::awaitable<std::expected<Token, Failure>> run(Context& context) const override;
  void needs(text::Needs& needs) const override;

 private:
  std::expected<Form, Failure> form(text::Names& names, Trace& trace) const;
  Settings settings_;
};
std::span<const config::Named<ClientCredentials::Proof>> names_of(const ClientCredentials::Proof*);
const config::Section<ClientCredentials::Settings>& section_of(const ClientCredentials::Settings*);

}  // namespace sonde::auth
