#include "probes/auth/method/static_token.hpp"

#include "probes/auth/hide.hpp"

namespace sonde::auth {

const config::Section<StaticToken::Settings>& section_of(const StaticToken::Settings*) {
  using Settings = StaticToken::Settings;
  static const auto keys =
      config::Section<Settings>()
          .key("token", &Settings::token, "The token.", {.required = true})
          .key("jwt", &Settings::jwt, "What the token has to be; without it, it is taken as it is.")
          .also(&Settings::line, config::section<net::ConnectionOptions>());
  return keys;
}

std::expected<Token, Failure> StaticToken::read(Trace& trace) const {
  auto secret = settings_.token.reveal();
  if (!secret) return std::unexpected(Failure{Reason::own_secret, secret.error()});
  hide(trace, *secret);
  if (!is_token_text(*secret))
    return std::unexpected(
        Failure{Reason::own_secret, settings_.token.describe() +
                                        " holds no token: blanks or control "
                                        "characters are in it, or it is too long"});
  return Token{.value = std::move(*secret), .lifetime = {}};
}

boost::asio::awaitable<std::expected<Token, Failure>> StaticToken::run(Context& context) const {
  auto token = read(context.trace);
  if (!token || !settings_.jwt) co_return token;
  auto checking = check_token(context, *settings_.jwt, settings_.line, *token);
  auto wrong = co_await std::move(checking);
  if (!wrong) co_return token;
  if (wrong->reason == Reason::token_expired) wrong->reason = Reason::monitor_credential_expired;
  co_return std::unexpected(std::move(*wrong));
}

void StaticToken::needs(text::Needs& needs) const {
  if (settings_.jwt) add_needs(*settings_.jwt, needs);
}

}  // namespace sonde::auth
