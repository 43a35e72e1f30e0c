#include "probes/auth/method/oidc.hpp"

#include "probes/auth/ask.hpp"
#include "probes/auth/hide.hpp"
#include "probes/auth/jwt/published.hpp"
#include "probes/auth/jwt/signature.hpp"
#include "probes/auth/method/grant.hpp"

namespace sonde::auth {
namespace {

namespace asio = boost::asio;

std::unexpected<Failure> own_config(const std::string& what, const std::string& why) {
  return std::unexpected(Failure{Reason::own_request, "login " + what + ": " + why});
}

std::string unguessable() { return text::base64url(random_bytes(32)); }

// Members of a token answer with fixed names (RFC 6749 section 5.1).
std::expected<Token, Failure> read_answer(const std::string& body, Context& context) {
  auto token = take_token(Grant(), body);
  if (!token) return token;
  hide_issued(context, token->value);
  if (!token->refresh.empty()) hide_issued(context, token->refresh);
  const auto document = text::Document::parse_body(body);
  const auto id_token = document->root().member("id_token").string();
  if (!id_token || !is_token_text(*id_token))
    return std::unexpected(
        Failure{Reason::token_missing, "the token endpoint's answer has no id_token"});
  hide_issued(context, *id_token);
  token->named.emplace_back("id_token", *id_token);
  return token;
}

}  // namespace

struct Oidc::Secrets {
  std::string state = unguessable(), nonce = unguessable(), verifier = unguessable();
};

const config::Section<Oidc::Settings>& section_of(const Oidc::Settings*) {
  using S = Oidc::Settings;
  static const auto keys =
      config::Section<S>()
          .key("issuer", &S::issuer, "The provider's issuer, exactly as it names itself.",
               {.required = true, .filled = true})
          .also(&S::client, config::section<ClientProof>())
          .key("redirect_uri", &S::redirect_uri,
               "The client's address, as the provider knows it; it is never fetched.",
               {.required = true, .filled = true})
          .key("scope", &S::scope, "The scopes asked for, separated by spaces.")
          .key("fields", &S::fields,
               "What is entered in the provider's forms, by the names of their fields.")
          .key("parameters", &S::parameters, "Further parameters of the authorization request.")
          .key("same_host", &S::same_host, "Whether the endpoints have to be on the issuer's host.")
          .key("refused", &S::refused,
               "A page that matches this after something was entered refuses the credentials.")
          .key("use_id_token", &S::use_id_token,
               "Whether {{token}} is the ID token instead of the access token.")
          .key("jwt", &S::jwt,
               "What the access token has to be; without it, it is taken as it comes.")
          .also(&S::line, config::section<net::ConnectionOptions>());
  return keys;
}

std::expected<Authorization, Failure> Oidc::request(Context& context, const OidcConfig& config,
                                                    const Secrets& secrets) const {
  FormBody query(context.names);
  query.add_text("response_type", "code");
  query.add("client_id", settings_.client.id);
  query.add("redirect_uri", settings_.redirect_uri);
  query.add_text("scope", settings_.scope);
  query.add_text("state", secrets.state);
  query.add_text("nonce", secrets.nonce);
  query.add_text("code_challenge", text::base64url(sha256(secrets.verifier)));
  query.add_text("code_challenge_method", "S256");
  for (const auto& [name, value] : settings_.parameters) query.add(name, value);
  const auto redirect_to = net::parse_url(query.render("redirect_uri", settings_.redirect_uri));
  auto entries = render_entries(settings_.fields, context.names);
  if (query.failure()) return std::unexpected(*query.failure());
  if (!redirect_to) return own_config("redirect_uri", redirect_to.error());
  if (!entries) return std::unexpected(entries.error());
  Authorization asked{.start = config.authorization,
                      .redirect_to = *redirect_to,
                      .state = secrets.state,
                      .issuer = config.issuer,
                      .states_issuer = config.states_issuer,
                      .entries = std::move(*entries),
                      .refused = settings_.refused,
                      .own = net::Origins::of(context.names)};
  // The provider is configured, and its configuration came over a verified connection or is limited
  // to its own origin.
  asked.own.add(config.authorization);
  asked.start.target += (asked.start.target.contains('?') ? "&" : "?") + query.form().body;
  return asked;
}

asio::awaitable<std::expected<Token, Failure>> Oidc::redeem(Context& context,
                                                            const OidcConfig& config,
                                                            const std::string& code,
                                                            const Secrets& secrets) const {
  FormBody body(context.names);
  body.add_text("grant_type", "authorization_code");
  body.add_text("code", code);
  body.add("redirect_uri", settings_.redirect_uri);
  body.add_text("code_verifier", secrets.verifier);
  auto form = prove(settings_.client, config.token.text(), std::move(body), context.trace);
  if (!form) co_return std::unexpected(form.error());
  Grant grant;
  grant.url = *text::Template::parse(config.token.text());
  grant.line = settings_.line;
  Cookies cookies;
  auto sending = send(context, grant, std::move(*form), cookies);
  const auto answer = co_await std::move(sending);
  const Instant at = Clock::now();
  if (!answer) co_return std::unexpected(answer.error());
  auto token = read_answer(answer->body, context);
  if (token) token->skew = answer->skew;
  if (token) token->at = at;
  co_return token;
}

asio::awaitable<std::optional<Failure>> Oidc::check_id_token(Context& context,
                                                             const OidcConfig& config,
                                                             const Token& token,
                                                             const Secrets& secrets) const {
  const std::string& id_token = token.named.front().second;
  const auto client = settings_.client.id.render(context.names);
  const JwtRules rules{
      .issuer = config.issuer, .audience = {client.value_or("")}, .algorithms = {}};
  auto wrong = check_jwt(id_token, rules, std::nullopt, unix_time_of(token), token.skew);
  const auto claims = read_claims(id_token);
  if (!wrong && claims && claims->nonce != secrets.nonce)
    wrong = Failure{Reason::token_claims, "its nonce is not the one that was sent"};
  if (!wrong) {
    KeySource source{.url = config.jwks, .fixed = {}, .secret = {}};
    const auto secret = settings_.client.secret.render(context.names);
    if (secret && !secret->empty()) source.secret = Key::secret(*secret);  // Core 10.1
    auto verifying = verify_signature(context, source, settings_.line, id_token);
    wrong = co_await std::move(verifying);
  }
  if (wrong) wrong->detail = "the ID token: " + wrong->detail;
  co_return wrong;
}

asio::awaitable<std::expected<Token, Failure>> Oidc::run(Context& context) const {
  const Secrets secrets;
  for (const auto* secret : {&secrets.state, &secrets.nonce, &secrets.verifier})
    hide(context.trace, *secret);
  auto discovering = discover(context, settings_.issuer, settings_.same_host, settings_.line);
  const auto config = co_await std::move(discovering);
  if (!config) co_return std::unexpected(config.error());
  const auto asked = request(context, *config, secrets);
  if (!asked) co_return std::unexpected(asked.error());
  auto authorizing = authorize(context, *asked, settings_.line);
  const auto code = co_await std::move(authorizing);
  if (!code) co_return std::unexpected(code.error());
  auto redeeming = redeem(context, *config, *code, secrets);
  auto token = co_await std::move(redeeming);
  if (!token) co_return token;
  auto checking = check_id_token(context, *config, *token, secrets);
  auto wrong = co_await std::move(checking);
  if (wrong) co_return std::unexpected(std::move(*wrong));
  if (settings_.use_id_token) {
    token->value = token->named.front().second;
    token->lifetime.reset();  // expires_in is for the access token
  }
  if (!settings_.jwt) co_return token;
  auto verifying = check_token(context, *settings_.jwt, settings_.line, *token);
  wrong = co_await std::move(verifying);
  if (wrong) co_return std::unexpected(std::move(*wrong));
  co_return token;
}

void Oidc::needs(text::Needs& needs) const {
  needs.add_url(settings_.issuer);
  needs.add(settings_.redirect_uri);
  needs.add_values(settings_.fields);
  needs.add_values(settings_.parameters);
  add_needs(settings_.client, needs);
  if (settings_.jwt) add_needs(*settings_.jwt, needs);
}

}  // namespace sonde::auth
