#include "probes/auth/method/jwt_bearer.hpp"

namespace sonde::auth {

const config::Section<JwtBearer::Settings>& section_of(const JwtBearer::Settings*) {
  using S = JwtBearer::Settings;
  static const auto keys =
      config::Section<S>()
          .also(&S::grant, config::section<Grant>())
          .also(&S::key, config::section<SigningKey>())
          .key("issuer", &S::issuer, "The iss of the JWT.")
          .key("subject", &S::subject, "Its sub; without it, there is none.")
          .key("audience", &S::audience, "Its aud; without it, the URL that is asked.")
          .key("claims", &S::claims, "Further claims, such as target_audience.")
          .key("scope", &S::scope, "The scopes asked for, separated by spaces.");
  return keys;
}

std::expected<std::string, Failure> JwtBearer::assertion(FormBody& body, Context& context) const {
  Assertion assertion{.issuer = body.render("issuer", settings_.issuer),
                      .subject = body.render("subject", settings_.subject),
                      .audience = body.render("audience", settings_.audience),
                      .more = {}};
  if (assertion.audience.empty()) assertion.audience = body.render("url", settings_.grant.url);
  if (body.failure()) return std::unexpected(*body.failure());
  if (!settings_.claims.empty()) {
    const auto claims = settings_.claims.render_json(context.names);
    if (!claims)
      return std::unexpected(Failure{Reason::own_request, "login claims: " + claims.error()});
    if (claims->size() > 2) assertion.more = claims->substr(1, claims->size() - 2);
  }
  return make_assertion(settings_.key, assertion, context.trace);
}

boost::asio::awaitable<std::expected<Token, Failure>> JwtBearer::run(Context& context) const {
  FormBody body(context.names);
  const auto jwt = assertion(body, context);
  if (!jwt) co_return std::unexpected(jwt.error());
  body.add_text("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
  body.add_text("assertion", *jwt);
  if (!settings_.scope.empty()) body.add_text("scope", settings_.scope);
  auto asking = obtain(context, settings_.grant, body.form());
  auto token = co_await std::move(asking);
  co_return token;
}

void JwtBearer::needs(text::Needs& needs) const {
  add_needs(settings_.grant, needs);
  needs.add(settings_.issuer);
  needs.add(settings_.subject);
  needs.add(settings_.audience);
  needs.add(settings_.claims);
}

}  // namespace sonde::auth
