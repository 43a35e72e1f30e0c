#include "probes/auth/method/oauth2_password.hpp"

#include "probes/auth/method/form_body.hpp"

namespace sonde::auth {

const config::Section<Oauth2Password::Settings>& section_of(const Oauth2Password::Settings*) {
  using Settings = Oauth2Password::Settings;
  static const auto keys =
      config::Section<Settings>()
          .also(&Settings::grant, config::section<Grant>())
          .key("username", &Settings::username, "The resource owner's name.")
          .key("password", &Settings::password, "The resource owner's password.")
          .key("client_id", &Settings::client_id, "The client, where the server wants one.")
          .key("client_secret", &Settings::client_secret, "The client's secret.")
          .key("scope", &Settings::scope, "The scopes asked for, separated by spaces.");
  return keys;
}

boost::asio::awaitable<std::expected<Token, Failure>> Oauth2Password::run(Context& context) const {
  FormBody body(context.names);
  body.add("grant_type", "password");
  body.add("username", settings_.username);
  body.add("password", settings_.password);
  if (!settings_.scope.empty()) body.add("scope", settings_.scope.c_str());
  if (!settings_.client_id.empty()) body.add("client_id", settings_.client_id);
  if (!settings_.client_secret.empty()) body.add("client_secret", settings_.client_secret);
  if (body.failure()) co_return std::unexpected(*body.failure());
  auto asking = obtain(context, settings_.grant, body.form());
  auto token = co_await std::move(asking);
  co_return token;
}

void Oauth2Password::needs(text::Needs& needs) const {
  add_needs(settings_.grant, needs);
  for (const auto* text :
       {&settings_.username, &settings_.password, &settings_.client_id, &settings_.client_secret})
    needs.add(*text);
}

}  // namespace sonde::auth
