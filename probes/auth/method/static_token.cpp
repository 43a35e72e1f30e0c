#include "probes/auth/method/static_token.hpp"

#include "probes/auth/hide.hpp"

namespace sonde::auth {

const config::Section<StaticToken::Settings>& section_of(const StaticToken::Settings*) {
  using Settings = StaticToken::Settings;
  static const auto keys =
      config::Section<Settings>()
          .key("token", &Settings::token,
               "The token: a secret, or a text made of the identity, such as {{identity.basic}}.",
               {.required = true})
          .key("jwt", &Settings::jwt, "What the token has to be; without it, it is taken as it is.")
          .also(&Settings::line, config::section<net::ConnectionOptions>());
  return keys;
}

std::expected<Token, Failure> StaticToken::read(Context& context) const {
  const TokenSource& source = settings_.token;
  std::expected<std::string, std::string> token;
  std::string what = "its token, " + source.text.text() + ",";
  if (source.text.empty()) {
    token = source.secret.reveal();
    if (!token) return std::unexpected(Failure{Reason::own_secret, token.error()});
    what = source.secret.describe();
  } else {
    token = source.text.render(context.names);
    if (!token)
      return std::unexpected(
          Failure{Reason::own_request, "login token: nothing is known of '" + token.error() + "'"});
  }
  hide(context.trace, *token);
  if (!is_token_text(*token))
    return std::unexpected(
        Failure{Reason::own_secret, what + " holds no token: blanks or control "
                                           "characters are in it, or it is too long"});
  return Token{.value = *std::move(token), .lifetime = {}};
}

boost::asio::awaitable<std::expected<Token, Failure>> StaticToken::run(Context& context) const {
  auto token = read(context);
  if (!token || !settings_.jwt) co_return token;
  auto checking = check_token(context, *settings_.jwt, settings_.line, *token);
  auto wrong = co_await std::move(checking);
  if (!wrong) co_return token;
  if (wrong->reason == Reason::token_expired) wrong->reason = Reason::monitor_credential_expired;
  co_return std::unexpected(std::move(*wrong));
}

void StaticToken::needs(text::Needs& needs) const {
  needs.add(settings_.token.text);
  if (settings_.jwt) add_needs(*settings_.jwt, needs);
}

}  // namespace sonde::auth

namespace sonde::config {

bool Codec<auth::TokenSource>::read(const Value& value, const Reader& reader, const Rule& rule,
                                    auth::TokenSource& out) {
  out = {};
  const bool is_template = value.kind == Value::Kind::scalar && value.text.contains("{{");
  if (!is_template) return Codec<Secret>::read(value, reader, rule, out.secret);
  return Codec<text::Template>::read(value, reader, rule, out.text);
}

Value Codec<auth::TokenSource>::schema(const Rule& rule) {
  return schema_any_of({Codec<text::Template>::schema(rule), Codec<Secret>::schema(rule)});
}

}  // namespace sonde::config
