#include "probes/auth/jwt/jwks.hpp"

#include <algorithm>

#include "probes/text/json.hpp"
#include "probes/text/template.hpp"

namespace sonde::auth {
namespace {

using text::Json;

constexpr std::size_t keys_max = 100;
constexpr std::size_t key_bytes_max = 48 * 1024;  // of all moduli, coordinates, ...
constexpr std::size_t tried_max = 16;             // keys that fit one token

// The bytes of a member in base64url without padding (RFC 7518 section 6); the error says what is
// wrong.
std::expected<std::string, std::string> bytes_of(Json jwk, std::string_view name) {
  const auto text = jwk.member(name).string();
  if (!text) return std::unexpected("it has no " + std::string(name));
  auto bytes = text::from_base64url(*text);
  if (bytes) return std::move(*bytes);
  const bool plain = text->find_first_of("+/") != text->npos;
  return std::unexpected("its " + std::string(name) + " is not base64url" +
                         (plain ? " but plain base64 (RFC 7518 6.3.1.1)" : ""));
}

bool is_for_signatures(Json jwk) {
  const auto use = jwk.member("use").string();
  if (use && *use != "sig") return false;
  const Json operations = jwk.member("key_ops");
  if (!operations) return true;
  for (std::size_t i = 0; i < operations.size(); ++i)
    if (operations.item(i).string() == "verify") return true;
  return false;
}

// At most `left` bytes of key material may be read.
std::expected<Key, std::string> read_key(Json jwk, std::size_t& left) {
  const std::string type = jwk.member("kty").string_or_empty();
  const bool rsa = type == "RSA", pair = rsa || type == "EC";
  if (!pair && type != "OKP") return std::unexpected("its kty is no RSA, EC or OKP");
  const auto first = bytes_of(jwk, rsa ? "n" : "x");
  if (!first) return std::unexpected(first.error());
  const auto second =
      pair ? bytes_of(jwk, rsa ? "e" : "y") : std::expected<std::string, std::string>("");
  if (!second) return std::unexpected(second.error());
  if (first->size() > left)
    return std::unexpected("the keys before it are 48 KB, which is too much");
  left -= first->size();
  if (rsa) return Key::rsa(*first, *second);
  const std::string curve = jwk.member("crv").string_or_empty();
  return pair ? Key::curve(curve, *first, *second) : Key::edwards(curve, *first);
}

std::string known(const KeySet& set) {
  std::string all;
  for (const auto& jwk : set.keys)
    all += (all.empty() ? "" : ", ") + (jwk.id.empty() ? "(none)" : jwk.id.substr(0, 64));
  return all.empty() ? "no key at all" : all;
}

// The key's own curve decides what EdDSA means, so EdDSA and the curve's name (RFC 9864) are the
// same.
bool may_verify(const Jwk& jwk, const std::string& algorithm) {
  const auto is_edwards = [](const std::string& name) { return name.starts_with("Ed"); };
  return jwk.key.fits(algorithm) &&
         (jwk.algorithm.empty() || jwk.algorithm == algorithm ||
          (is_edwards(algorithm) && is_edwards(jwk.algorithm) && jwk.key.fits(jwk.algorithm)));
}

}  // namespace

std::expected<KeySet, std::string> read_jwks(std::string_view json) {
  const auto document = text::Document::parse_body(json);
  if (!document) return std::unexpected("it is " + document.error());
  const Json keys = document->root().member("keys");
  if (keys.kind() != Json::Kind::array) return std::unexpected("it has no list \"keys\"");
  if (keys.size() > keys_max) return std::unexpected("it has more than 100 keys");
  KeySet set;
  std::size_t left = key_bytes_max;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const Json jwk = keys.item(i);
    if (jwk.member("kty").string_or_empty() == "oct" || !is_for_signatures(jwk)) continue;
    std::string id = jwk.member("kid").string_or_empty();
    auto key = read_key(jwk, left);
    if (key)
      set.keys.push_back({std::move(id), jwk.member("alg").string_or_empty(), std::move(*key)});
    else
      set.unusable.push_back("kid " + id.substr(0, 64) + ": " + key.error());
  }
  return set;
}

SignatureCheck check_signature(std::string_view jwt, const std::string& algorithm,
                               const std::string& key_id, const KeySet& set) {
  const std::size_t dot = jwt.rfind('.');
  const auto signature =
      text::from_base64url(dot == jwt.npos ? std::string_view() : jwt.substr(dot + 1));
  if (!signature) return {Signed::bad, "the signature is not base64url"};
  std::size_t named = 0, tried = 0;
  for (const auto& jwk : set.keys) {
    if (!key_id.empty() && jwk.id != key_id) continue;
    ++named;
    if (!may_verify(jwk, algorithm)) continue;
    if (++tried > tried_max)
      return {Signed::bad, "none of the first 16 keys that fit made the signature"};
    if (jwk.key.verifies(algorithm, jwt.substr(0, dot), *signature)) return {Signed::good, ""};
  }
  const std::string which = key_id.empty() ? "" : "of kid \"" + key_id.substr(0, 64) + "\" ";
  if (tried > 0) return {Signed::bad, "the signature " + which + "is not by that key"};
  if (named > 0 && !key_id.empty())
    return {Signed::bad, "the key " + which + "cannot verify " + algorithm};
  return {Signed::unknown_key,
          "no key " + which + "for " + algorithm + " among the published: " + known(set)};
}

}  // namespace sonde::auth
