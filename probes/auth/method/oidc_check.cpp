#include "probes/auth/method/oidc_check.hpp"

#include "probes/auth/jwt/published.hpp"

namespace sonde::auth {

const config::Section<OidcCheck::Settings>& section_of(const OidcCheck::Settings*) {
  using S = OidcCheck::Settings;
  static const auto keys =
      config::Section<S>()
          .key("issuer", &S::issuer, "The provider's issuer, exactly as it names itself.",
               {.required = true, .filled = true})
          .key("same_host", &S::same_host, "Whether the endpoints have to be on the issuer's host.")
          .key("login", &S::login, "A login whose token has to be signed by a published key.")
          .also(&S::line, config::section<net::ConnectionOptions>());
  return keys;
}

boost::asio::awaitable<std::expected<Token, Failure>> OidcCheck::run(Context& context) const {
  auto discovering = discover(context, settings_.issuer, settings_.same_host, settings_.line);
  const auto config = co_await std::move(discovering);
  if (!config) co_return std::unexpected(config.error());
  auto fetching = fetch_keys(context, config->jwks, settings_.line);
  const auto keys = co_await std::move(fetching);
  if (!keys) co_return std::unexpected(keys.error());
  if (!settings_.login.login) co_return Token();
  auto logging_in = settings_.login.login->run(context);
  auto token = co_await std::move(logging_in);
  if (!token) co_return token;
  const KeySource source{.url = config->jwks, .fixed = {}, .secret = {}};
  auto verifying = verify_signature(context, source, settings_.line, token->value);
  auto wrong = co_await std::move(verifying);
  if (wrong) co_return std::unexpected(std::move(*wrong));
  co_return token;
}

void OidcCheck::needs(text::Needs& needs) const {
  needs.add_url(settings_.issuer);
  if (settings_.login.login) settings_.login.login->needs(needs);
}

}  // namespace sonde::auth
