#include "probes/auth/client_credentials.hpp"

#include "probes/auth/form_body.hpp"
#include "probes/auth/hide.hpp"

namespace sonde::auth {

std::span<const config::Named<ClientCredentials::Proof>> names_of(const ClientCredentials::Proof*) {
  using Proof = ClientCredentials::Proof;
  static constexpr config::Named<Proof> names[] = {{"basic", Proof::basic}, {"body", Proof::body}};
  return names;
}

const config::Section<ClientCredentials::Settings>& section_of(const ClientCredentials::Settings*) {
  using Settings = ClientCredentials::Settings;
  static const auto keys =
      config::Section<Settings>()
          .also(&Settings::grant, section_of(static_cast<const Grant*>(nullptr)))
          .key("client_id", &Settings::client_id, "The client.")
          .key("client_secret", &Settings::client_secret, "The client's secret.")
          .key("client_auth", &Settings::proof, "Where the client proves itself.")
          .key("scope", &Settings::scope, "The scopes asked for, separated by spaces.")
          .key("audience", &Settings::audience, "The audience asked for, where servers want one.");
  return keys;
}

std::expected<Form, Failure> ClientCredentials::form(text::Names& names, Trace& trace) const {
  FormBody body(names);
  body.add("grant_type", "client_credentials");
  if (!settings_.scope.empty()) body.add("scope", settings_.scope.c_str());
  if (!settings_.audience.empty()) body.add("audience", settings_.audience.c_str());
  std::string basic;
  if (settings_.proof == Proof::body) {
    body.add("client_id", settings_.client_id);
    body.add("client_secret", settings_.client_secret);
  } else {
    // RFC 6749 2.3.1: both are form-encoded before they are joined.
    basic =
        text::base64(text::percent_encode(body.render("client_id", settings_.client_id)) + ":" +
                     text::percent_encode(body.render("client_secret", settings_.client_secret)));
    hide(trace, basic);
  }
  if (body.failure()) return std::unexpected(*body.failure());
  Form form = body.form();
  if (!basic.empty()) form.headers.emplace_back("Authorization", "Basic " + basic);
  return form;
}

boost::asio::awaitable<std::expected<Token, Failure>> ClientCredentials::run(
    Context& context) const {
  auto form = this->form(context.names, context.trace);
  if (!form) co_return std::unexpected(form.error());
  auto asking = obtain(context, settings_.grant, std::move(*form));
  auto token = co_await std::move(asking);
  co_return token;
}

void ClientCredentials::needs(text::Needs& needs) const {
  add_needs(settings_.grant, needs);
  needs.add(settings_.client_id);
  needs.add(settings_.client_secret);
}

}  // namespace sonde::auth
