#include "probes/auth/method/client_credentials.hpp"

namespace sonde::auth {

const config::Section<ClientCredentials::Settings>& section_of(const ClientCredentials::Settings*) {
  using Settings = ClientCredentials::Settings;
  static const auto keys =
      config::Section<Settings>()
          .also(&Settings::grant, config::section<Grant>())
          .also(&Settings::client, config::section<ClientProof>())
          .key("scope", &Settings::scope, "The scopes asked for, separated by spaces.")
          .key("audience", &Settings::audience, "The audience asked for, where servers want one.");
  return keys;
}

boost::asio::awaitable<std::expected<Token, Failure>> ClientCredentials::run(
    Context& context) const {
  FormBody body(context.names);
  body.add_text("grant_type", "client_credentials");
  if (!settings_.scope.empty()) body.add_text("scope", settings_.scope);
  if (!settings_.audience.empty()) body.add_text("audience", settings_.audience);
  auto asking = obtain_as(context, settings_.grant, settings_.client, std::move(body));
  auto token = co_await std::move(asking);
  co_return token;
}

void ClientCredentials::needs(text::Needs& needs) const {
  add_needs(settings_.grant, needs);
  add_needs(settings_.client, needs);
}

}  // namespace sonde::auth
