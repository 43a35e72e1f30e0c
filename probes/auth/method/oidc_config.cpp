#include "probes/auth/method/oidc_config.hpp"

#include "probes/auth/ask.hpp"
#include "probes/net/http/status.hpp"
#include "probes/text/json.hpp"

namespace sonde::auth {
namespace {

namespace asio = boost::asio;

constexpr std::string_view well_known = "/.well-known/openid-configuration";

Failure wrong(const std::string& what) {
  return {Reason::oidc_config, "the OpenID configuration: " + what};
}

std::expected<net::Url, Failure> endpoint(text::Json root, std::string_view name,
                                          const net::Url& issuer, bool same_host,
                                          const net::Origins& own) {
  const std::string key(name);
  const auto text = root.member(name).string();
  if (!text) return std::unexpected(wrong("it has no " + key));
  auto url = net::parse_url(*text);
  if (!url) return std::unexpected(wrong(key + ": " + url.error()));
  if (issuer.tls() && url->scheme != "https")
    return std::unexpected(wrong(key + " is not https: " + url->text()));
  if (same_host && url->host != issuer.host)
    return std::unexpected(wrong(key + " is on another host than the issuer: " + url->host));
  // Over plain HTTP anyone on the path can have changed it.
  if (!issuer.tls() && !own.has(*url))
    return std::unexpected(wrong(key + ": " + net::no_own_origin(*url)));
  return std::move(*url);
}

}  // namespace

std::expected<OidcConfig, Failure> read_oidc_config(const std::string& json,
                                                    const std::string& issuer, bool same_host,
                                                    net::Origins own) {
  const auto document = text::Document::parse_body(json);
  if (!document) return std::unexpected(wrong("it is " + document.error()));
  const auto base = net::parse_url(issuer);
  if (!base) return std::unexpected(Failure{Reason::own_request, "issuer: " + base.error()});
  const text::Json root = document->root();
  own.add(*base);
  OidcConfig config;
  config.issuer = root.member("issuer").string().value_or("");
  if (config.issuer != issuer)
    return std::unexpected(
        wrong("its issuer is \"" + config.issuer + "\", wanted \"" + issuer + "\""));
  for (const auto& [name, url] :
       {std::pair{"authorization_endpoint", &config.authorization},
        std::pair{"token_endpoint", &config.token}, std::pair{"jwks_uri", &config.jwks}}) {
    auto found = endpoint(root, name, *base, same_host, own);
    if (!found) return std::unexpected(found.error());
    *url = std::move(*found);
  }
  config.states_issuer =
      root.member("authorization_response_iss_parameter_supported").boolean().value_or(false);
  return config;
}

asio::awaitable<std::expected<OidcConfig, Failure>> discover(Context& context,
                                                             const text::Template& issuer,
                                                             bool same_host,
                                                             const net::ConnectionOptions& line) {
  const auto wanted = issuer.render(context.names);
  if (!wanted)
    co_return std::unexpected(Failure{Reason::own_request, "login issuer: " + wanted.error()});
  const std::string base = wanted->ends_with('/') ? wanted->substr(0, wanted->size() - 1) : *wanted;
  const auto url = net::parse_url(base + std::string(well_known));
  if (!url) co_return std::unexpected(Failure{Reason::own_request, "login issuer: " + url.error()});
  net::Request request{
      .method = "GET", .url = *url, .headers = {{"Accept", "application/json"}}, .body = {}};
  Cookies cookies;
  auto asking = ask(context, request, line, {}, cookies);
  const net::Answer answer = co_await std::move(asking);
  if (!answer.ok()) co_return std::unexpected(answer.failure);
  if (answer.response.status != 200)
    co_return std::unexpected(Failure{
        net::reason_of(answer.response),
        "the OpenID configuration: " + context.trace.scrub(net::describe(answer.response))});
  auto config =
      read_oidc_config(answer.response.body, *wanted, same_host, net::Origins::of(context.names));
  if (!config) config.error().detail = context.trace.scrub(config.error().detail);
  co_return config;
}

}  // namespace sonde::auth
