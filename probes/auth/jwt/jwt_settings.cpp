#include "probes/auth/jwt/jwt_settings.hpp"

#include <algorithm>

#include "config/file.hpp"
#include "probes/auth/hide.hpp"
#include "probes/auth/jwt/published.hpp"

namespace sonde::auth {
namespace {

namespace asio = boost::asio;

std::unexpected<Failure> own_jwt(const std::string& what, const std::string& why) {
  return std::unexpected(Failure{Reason::own_request, "jwt." + what + ": " + why});
}

std::expected<KeySource, Failure> source_of(const JwtSettings& settings, Context& context) {
  KeySource source{.url = {}, .fixed = {}, .secret = {}, .refetch = settings.jwks_refetch};
  if (!settings.jwks.empty()) {
    auto text = settings.jwks.render(context.names);
    auto url = text ? net::parse_url(*text) : std::unexpected(text.error());
    if (!url) return own_jwt("jwks", url.error());
    source.url = std::move(*url);
  }
  if (!settings.jwks_file.empty()) {
    auto set = read_key_file(settings.jwks_file);
    if (!set) return own_jwt("jwks_file", set.error());
    source.fixed = std::make_shared<const KeySet>(std::move(*set));
  }
  if (!settings.secret.empty()) {
    auto secret = settings.secret.reveal();
    if (!secret) return std::unexpected(Failure{Reason::own_secret, secret.error()});
    hide(context.trace, *secret);
    source.secret = Key::secret(std::move(*secret));
  }
  return source;
}

}  // namespace

std::expected<KeySet, std::string> read_key_file(const std::string& path) {
  constexpr std::size_t bytes_max = std::size_t{1024} * 1024;
  const auto json = config::read_file(path, bytes_max);
  if (!json) return std::unexpected(path + " " + json.error());
  auto set = read_jwks(*json);
  if (!set) return std::unexpected(path + ": " + set.error());
  return set;
}

const config::Section<JwtSettings>& section_of(const JwtSettings*) {
  using S = JwtSettings;
  static const auto keys =
      config::Section<S>()
          .key("issuer", &S::issuer, "The token's iss, exactly.")
          .key("audience", &S::audience, "One of these is in the token's aud.")
          .key("algorithms", &S::algorithms,
               "The token's alg is one of these; \"none\" never passes.",
               {.one_of = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384",
                           "ES512", "EdDSA", "Ed25519", "Ed448", "HS256", "HS384", "HS512"}})
          .key("leeway", &S::leeway, "How far the token's times may be off.",
               {.min = 0, .max = 600})
          .key("jwks", &S::jwks, "Where the keys are published that sign tokens (a URL).")
          .key("jwks_file", &S::jwks_file, "The published keys in a file.")
          .key("secret", &S::secret, "The secret that signs tokens, for HS256, HS384 and HS512.")
          .key("jwks_refetch", &S::jwks_refetch,
               "Least time between two fetches of the keys for a token that none of them signed.",
               {.min = 0, .max = 86400});
  return keys;
}

void add_needs(const JwtSettings& settings, text::Needs& needs) {
  needs.add(settings.issuer);
  for (const auto& audience : settings.audience) needs.add(audience);
  needs.add_url(settings.jwks);
}

std::expected<JwtRules, Failure> render(const JwtSettings& settings, text::Names& names) {
  JwtRules rules{
      .issuer = {}, .audience = {}, .algorithms = settings.algorithms, .leeway = settings.leeway};
  auto issuer = settings.issuer.render(names);
  if (!issuer) return own_jwt("issuer", issuer.error());
  rules.issuer = std::move(*issuer);
  for (const auto& wanted : settings.audience) {
    auto audience = wanted.render(names);
    if (!audience) return own_jwt("audience", audience.error());
    rules.audience.push_back(std::move(*audience));
  }
  return rules;
}

std::int64_t unix_time_of(const Token& token) {
  const Instant now = Clock::now();
  const auto ago = now - token.at.value_or(now);
  const auto then = std::chrono::system_clock::now().time_since_epoch() - ago;
  return std::chrono::floor<std::chrono::seconds>(then).count();
}

asio::awaitable<std::optional<Failure>> check_token(Context& context, const JwtSettings& settings,
                                                    const net::ConnectionOptions& line,
                                                    const Token& token) {
  const auto rules = render(settings, context.names);
  if (!rules) co_return rules.error();
  auto wrong = check_jwt(token.value, *rules, token.lifetime, unix_time_of(token), token.skew);
  if (wrong || !settings.has_keys()) co_return wrong;
  const auto source = source_of(settings, context);
  if (!source) co_return source.error();
  auto checking = verify_signature(context, *source, line, token.value);
  wrong = co_await std::move(checking);
  co_return wrong;
}

}  // namespace sonde::auth

namespace sonde::config {
namespace {

// Reads the file as a run does.
bool vet_key_file(const Value& settings, const Reader& reader, const std::string& path) {
  if (!reader.mistakes().reads_secrets()) {
    reader.mistakes().skipped("file " + path);
    return true;
  }
  const auto keys = auth::read_key_file(path);
  if (!keys) reader.at("jwks_file").wrong(settings.find("jwks_file")->place, keys.error());
  return keys.has_value();
}

// HMAC is verified with the secret, everything else with a published key (RFC 7518 section 3.1).
std::string unverifiable(const auth::JwtSettings& settings) {
  if (settings.algorithms.empty() || !settings.has_keys()) return "";
  const bool published = !settings.jwks.empty() || !settings.jwks_file.empty();
  const auto is_hmac = [](const std::string& name) { return name.starts_with("HS"); };
  const bool all_hmac = std::ranges::all_of(settings.algorithms, is_hmac);
  if (all_hmac && settings.secret.empty())
    return "published keys (jwks) verify no HS256, HS384 or HS512; give their 'secret', or name "
           "the "
           "algorithm of the keys";
  if (!published && std::ranges::none_of(settings.algorithms, is_hmac))
    return "a 'secret' verifies HS256, HS384 and HS512 alone; give 'jwks', or name one of these";
  return "";
}

}  // namespace

bool Codec<auth::JwtSettings>::read(const Value& v, const Reader& r, const Rule&,
                                    auth::JwtSettings& out) {
  if (!section<auth::JwtSettings>().read(v, r, out)) return false;
  if (!out.jwks_file.empty() && !vet_key_file(v, r, out.jwks_file)) return false;
  const std::string wrong = unverifiable(out);
  if (!wrong.empty()) r.at("algorithms").wrong(v.find("algorithms")->place, wrong);
  return wrong.empty();
}

Value Codec<auth::JwtSettings>::schema(const Rule&) {
  return section<auth::JwtSettings>().schema();
}

}  // namespace sonde::config
