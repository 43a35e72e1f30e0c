#include "probes/auth/token.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "probes/text/ascii.hpp"
#include "probes/text/template.hpp"

namespace sonde::auth {
namespace {

using text::Document;
using text::Json;

constexpr std::size_t token_bytes_max = 16 * 1024;
constexpr std::size_t jwt_bytes_max = 256 * 1024;  // for any grant

std::expected<Document, std::string> read_part(std::string_view part, std::string_view what) {
  const auto bytes = text::from_base64url(part);
  if (!bytes) return std::unexpected("its " + std::string(what) + " is not base64url");
  auto document = Document::parse(*bytes);
  if (!document || document->root().kind() != Json::Kind::object)
    return std::unexpected("its " + std::string(what) + " is not a JSON object");
  return document;
}

std::vector<std::string> audience_of(Json value) {
  std::vector<std::string> all;
  if (value.string()) all.emplace_back(*value.string());
  for (std::size_t i = 0; value.kind() == Json::Kind::array && i < value.size(); ++i)
    all.push_back(value.item(i).string_or_empty());
  return all;
}

// Reads a NumericDate; false if it exists and is invalid.
bool read_time(Json value, std::optional<std::int64_t>& out) {
  if (!value) return true;
  const auto number = value.number();
  if (!number || !std::isfinite(*number) || std::abs(*number) > 1e12) return false;
  out = static_cast<std::int64_t>(*number);
  return true;
}

std::string list(const std::vector<std::string>& texts) {
  std::string all;
  for (const auto& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

bool contains(const std::vector<std::string>& texts, const std::string& text) {
  return std::ranges::find(texts, text) != texts.end();
}

// Lenient libraries accept "nOnE" too.
bool is_none(std::string_view algorithm) { return text::same_word(algorithm, "none"); }

std::optional<Failure> check_who(const Claims& claims, const JwtRules& rules) {
  if (claims.algorithm.empty() || is_none(claims.algorithm))
    return Failure{Reason::token_malformed, "the token is not signed (alg \"none\")"};
  if (!rules.algorithms.empty() && !contains(rules.algorithms, claims.algorithm))
    return Failure{Reason::token_claims,
                   "alg is " + claims.algorithm + ", wanted " + list(rules.algorithms)};
  if (!rules.issuer.empty() && claims.issuer != rules.issuer)
    return Failure{Reason::token_claims,
                   "iss is \"" + claims.issuer + "\", wanted \"" + rules.issuer + "\""};
  if (!rules.audience.empty() &&
      std::ranges::none_of(rules.audience, [&](auto& a) { return contains(claims.audience, a); }))
    return Failure{Reason::token_claims, "aud is \"" + list(claims.audience) + "\", wanted \"" +
                                             list(rules.audience) + "\""};
  return std::nullopt;
}

std::int64_t whole_seconds(Span span) {
  return std::chrono::duration_cast<std::chrono::seconds>(span).count();
}

// expires_in counts from the answer (RFC 6749 section 5.1), by the clock of the issuing server. If
// that is unknown, a token that is valid for so long after its iat is accepted too, because our
// clock may be wrong.
std::optional<Failure> check_lifetime(const Claims& claims, std::optional<Span> lifetime,
                                      std::int64_t leeway, std::int64_t now,
                                      std::optional<Span> skew) {
  if (!lifetime || !claims.expires) return std::nullopt;
  const std::int64_t stated = whole_seconds(*lifetime);
  const std::int64_t left = *claims.expires - now - (skew ? whole_seconds(*skew) : 0);
  const auto near = [&](std::int64_t lives) { return std::abs(lives - stated) <= leeway; };
  if (near(left)) return std::nullopt;
  if (!skew && (!claims.issued || near(*claims.expires - *claims.issued))) return std::nullopt;
  return Failure{Reason::token_claims, "the token lives " + std::to_string(left) +
                                           " s from the answer on, but expires_in says " +
                                           std::to_string(stated) + " s"};
}

std::optional<Failure> check_times(const Claims& claims, std::int64_t leeway, std::int64_t now,
                                   std::optional<Span> skew) {
  const std::int64_t server = now + (skew ? whole_seconds(*skew) : 0);
  const std::string whose = skew ? "its Date header" : "our clock (no Date header came)";
  if (claims.expires && *claims.expires + leeway <= server)
    return Failure{Reason::token_expired,
                   "exp is " + std::to_string(server - *claims.expires) + " s before " + whose};
  for (const auto& [claim, time] : {std::pair{"iat", claims.issued}, {"nbf", claims.not_before}})
    if (time && *time > server + leeway)
      return Failure{Reason::clock_skew, std::string(claim) + " is " +
                                             std::to_string(*time - server) + " s after " + whose};
  return std::nullopt;
}

}  // namespace

bool is_secret(const Token& token, std::string_view name) {
  return std::ranges::find(token.public_names, name) == token.public_names.end();
}

bool is_token_text(std::string_view text) {
  return !text.empty() && text.size() <= token_bytes_max &&
         std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

namespace {

// Without what programs print around a value: "<nil>", "(null)", "Optional(nil)", "\"null\"".
std::string_view unwrapped(std::string_view text) {
  constexpr std::string_view optional = "optional(";
  constexpr std::pair<char, char> around[] = {
      {' ', ' '}, {'<', '>'}, {'(', ')'}, {'"', '"'}, {'\'', '\''}};
  while (true) {
    const std::size_t before = text.size();
    if (text::same_word(text.substr(0, optional.size()), optional) && text.ends_with(')'))
      text = text.substr(optional.size(), text.size() - optional.size() - 1);
    for (const auto& [first, last] : around)
      if (text.size() > 1 && text.front() == first && text.back() == last)
        text = text.substr(1, text.size() - 2);
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    if (text.size() == before) return text;
  }
}

}  // namespace

bool is_placeholder(std::string_view text) {
  constexpr std::string_view words[] = {
      "undefined", "null", "none",  "nan",     "nil", "false", "true", "deleted",
      "void",      "n/a",  "empty", "missing", "-1",  "{}",    "[]",   "[object object]"};
  const std::string_view bare = unwrapped(text);
  // "0", "-", "***", "00000000-0000-0000-0000-000000000000"
  const bool says_nothing = std::ranges::all_of(
      bare, [](char c) { return c == '0' || c == '-' || c == '.' || c == '*'; });
  return says_nothing ||
         std::ranges::any_of(words, [&](auto word) { return text::same_word(word, bare); });
}

std::expected<Document, std::string> read_payload(std::string_view jwt) {
  const std::size_t first = jwt.find('.');
  const std::size_t second = first == jwt.npos ? jwt.npos : jwt.find('.', first + 1);
  if (second == jwt.npos) return std::unexpected("it does not have three parts");
  return read_part(jwt.substr(first + 1, second - first - 1), "payload");
}

std::expected<Claims, std::string> read_claims(std::string_view jwt) {
  if (jwt.size() > jwt_bytes_max) return std::unexpected("it is longer than 256 KB");
  const std::size_t first = jwt.find('.');
  const std::size_t second = first == jwt.npos ? jwt.npos : jwt.find('.', first + 1);
  if (second == jwt.npos || jwt.find('.', second + 1) != jwt.npos)
    return std::unexpected("it does not have three parts");
  const auto header = read_part(jwt.substr(0, first), "header");
  if (!header) return std::unexpected(header.error());
  const auto payload = read_part(jwt.substr(first + 1, second - first - 1), "payload");
  if (!payload) return std::unexpected(payload.error());
  const Json root = payload->root();
  Claims claims{.algorithm = header->root().member("alg").string_or_empty(),
                .key_id = header->root().member("kid").string_or_empty(),
                .issuer = root.member("iss").string_or_empty(),
                .subject = root.member("sub").string_or_empty(),
                .id = root.member("jti").string_or_empty(),
                .nonce = root.member("nonce").string_or_empty(),
                .audience = audience_of(root.member("aud")),
                .expires = {},
                .not_before = {},
                .issued = {}};
  if (!read_time(root.member("exp"), claims.expires) ||
      !read_time(root.member("nbf"), claims.not_before) ||
      !read_time(root.member("iat"), claims.issued))
    return std::unexpected("exp, nbf or iat is not a time");
  if (second + 1 == jwt.size() && !is_none(claims.algorithm))
    return std::unexpected("its signature is empty");
  return claims;
}

std::optional<Failure> check_jwt(std::string_view token, const JwtRules& rules,
                                 std::optional<Span> lifetime, std::int64_t now,
                                 std::optional<Span> skew) {
  const auto claims = read_claims(token);
  if (!claims) return Failure{Reason::token_malformed, "the token is no JWT: " + claims.error()};
  const std::int64_t leeway = whole_seconds(rules.leeway);
  if (auto wrong = check_who(*claims, rules)) return wrong;
  if (auto wrong = check_times(*claims, leeway, now, skew)) return wrong;
  return check_lifetime(*claims, lifetime, leeway, now, skew);
}

}  // namespace sonde::auth
