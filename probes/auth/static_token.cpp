#include "probes/auth/static_token.hpp"

#include <chrono>

#include "probes/auth/hide.hpp"

namespace sonde::auth {

const config::Section<StaticToken::Settings>& section_of(const StaticToken::Settings*) {
  using Settings = StaticToken::Settings;
  static const auto keys = config::Section<Settings>()
                               .key("token", &Settings::token, "The token.", {.required = true})
                               .key("jwt", &Settings::jwt,
                                    "What the token has to be; without it, it is taken as it is.");
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
  Token token{.value = std::move(*secret), .lifetime = {}};
  if (!settings_.jwt) return token;
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(
      std::chrono::system_clock::now().time_since_epoch());
  auto wrong = check_jwt(token.value, *settings_.jwt, std::nullopt, now.count(), trace.skew);
  if (wrong) return std::unexpected(*wrong);
  return token;
}

boost::asio::awaitable<std::expected<Token, Failure>> StaticToken::run(Context& context) const {
  auto token = read(context.trace);
  co_return token;
}

}  // namespace sonde::auth
