#pragma once
#include <string>
#include <vector>

#include "probes/auth/jwt/jwt_settings.hpp"
#include "probes/auth/lifetime.hpp"
#include "probes/auth/login.hpp"
#include "probes/auth/method/step_request.hpp"

namespace sonde::auth {

// `method: steps`: requests in order, with a browser's cookies; later ones can use values that
// earlier ones captured. For tickets, negotiation, and logins that take several requests.
class Steps : public Login {
 public:
  struct Settings {
    std::vector<StepRequest> requests;
    text::Template token = "{{token}}";
    text::Template expires_in;
    LifetimeUnit expires_in_unit = LifetimeUnit::seconds;
    std::optional<text::Pattern> refused;
    std::optional<JwtSettings> jwt;
    net::ConnectionOptions line;
  };
  explicit Steps(Settings settings) : settings_(std::move(settings)) {}
  boost::asio::awaitable<std::expected<Token, Failure>> run(Context& context) const override;
  void needs(text::Needs& needs) const override;
  std::vector<std::string> gives() const override;

 private:
  Settings settings_;
};
const config::Section<Steps::Settings>& section_of(const Steps::Settings*);
bool check(const Steps::Settings& settings, const config::Value& value,
           const config::Reader& reader);

}  // namespace sonde::auth
