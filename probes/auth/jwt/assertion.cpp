#include "probes/auth/jwt/assertion.hpp"

#include <chrono>

#include "probes/auth/hide.hpp"
#include "probes/auth/jwt/signature.hpp"
#include "probes/text/json.hpp"
#include "probes/text/template.hpp"

namespace sonde::auth {
namespace {

constexpr std::int64_t lives_for = 300;  // seconds; servers reject longer ones

std::string member(std::string_view name, std::string_view value) {
  return "\"" + std::string(name) + "\":" + text::json_quote(value);
}

std::string claims_of(const Assertion& assertion) {
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  std::string claims = "{" + member("iss", assertion.issuer);
  if (!assertion.subject.empty()) claims += "," + member("sub", assertion.subject);
  claims += "," + member("aud", assertion.audience) + "," +
            member("jti", text::hex(random_bytes(16))) + ",\"iat\":" + std::to_string(now) +
            ",\"exp\":" + std::to_string(now + lives_for);
  if (!assertion.more.empty()) claims += "," + assertion.more;
  return claims + "}";
}

}  // namespace

const config::Section<SigningKey>& section_of(const SigningKey*) {
  static const auto keys =
      config::Section<SigningKey>()
          .key("key", &SigningKey::key, "The private key, in PEM.")
          .key("key_id", &SigningKey::key_id, "The key's name, as kid of the header.")
          .key("algorithm", &SigningKey::algorithm, "How it signs.",
               {.one_of = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384",
                           "ES512", "EdDSA"}});
  return keys;
}

bool check(const SigningKey& key, const config::Value& value, const config::Reader& reader) {
  const config::Value* written = value.find("key");
  if (written == nullptr) {
    reader.at("key").wrong(value.place, "it signs a JWT, so it needs the private key, in PEM");
    return false;
  }
  if (!reader.mistakes().reads_secrets()) return true;
  const auto pem = key.key.reveal();
  if (!pem) return true;  // that is reported already
  const auto signature = sign(key.algorithm, *pem, "a text");
  if (!signature)
    reader.at("key").wrong(written->place, key.key.describe() + ": " + signature.error());
  return signature.has_value();
}

std::expected<std::string, Failure> make_assertion(const SigningKey& key,
                                                   const Assertion& assertion, Trace& trace) {
  const auto pem = key.key.reveal();
  if (!pem) return std::unexpected(Failure{Reason::own_secret, pem.error()});
  hide(trace, *pem);
  std::string header = "{" + member("alg", key.algorithm) + "," + member("typ", "JWT");
  if (!key.key_id.empty()) header += "," + member("kid", key.key_id);
  const std::string signed_part =
      text::base64url(header + "}") + "." + text::base64url(claims_of(assertion));
  const auto signature = sign(key.algorithm, *pem, signed_part);
  if (!signature)
    return std::unexpected(
        Failure{Reason::own_secret, key.key.describe() + ": " + signature.error()});
  std::string jwt = signed_part + "." + text::base64url(*signature);
  hide(trace, jwt);
  return jwt;
}

}  // namespace sonde::auth
