#include "probes/auth/jwt/forge.hpp"

#include <openssl/core_names.h>
#include <openssl/pem.h>

#include <algorithm>
#include <span>
#include <utility>

#include "probes/auth/jwt/evp.hpp"
#include "probes/auth/jwt/signature.hpp"
#include "probes/auth/token.hpp"
#include "probes/text/json.hpp"
#include "probes/text/template.hpp"

namespace sonde::auth {
namespace {

using text::Json;
using Change = std::pair<std::string_view, std::string>;  // a member and its value as JSON

struct Parts {
  std::string_view header, claims, signature;
};

std::expected<Parts, std::string> parts_of(std::string_view jwt) {
  if (const auto claims = read_claims(jwt); !claims)
    return std::unexpected("it is no JWT: " + claims.error());
  const auto first = jwt.find('.');
  const auto second = jwt.find('.', first + 1);
  return Parts{.header = jwt.substr(0, first),
               .claims = jwt.substr(first + 1, second - first - 1),
               .signature = jwt.substr(second + 1)};
}

std::string as_json(Json value) {
  return value.kind() == Json::Kind::string ? text::json_quote(*value.string()) : value.text();
}

// A part of a JWT with some of its members replaced or added.
std::string changed(std::string_view part, std::span<const Change> changes) {
  const auto document = text::Document::parse(text::from_base64url(part).value_or("{}"));
  std::string members;
  auto add = [&](std::string_view name, const std::string& value) {
    members += (members.empty() ? "" : ",") + text::json_quote(name) + ":" + value;
  };
  for (const auto& [name, value] : changes) add(name, value);
  for (const auto& [name, value] : document->root().members())
    if (std::ranges::find(changes, name, &Change::first) == changes.end())
      add(name, as_json(value));
  return text::base64url("{" + members + "}");
}

std::string join(std::string_view header, std::string_view claims, std::string_view signature) {
  std::string jwt(header);
  jwt.append(".").append(claims).append(".").append(signature);
  return jwt;
}

}  // namespace

Forged with_bad_signature(std::string_view jwt) {
  const auto parts = parts_of(jwt);
  if (!parts) return std::unexpected(parts.error());
  auto signature = text::from_base64url(parts->signature);
  if (!signature || signature->empty()) return std::unexpected("its signature cannot be read");
  char& byte = (*signature)[signature->size() / 2];
  byte = static_cast<char>(byte ^ 1);
  return join(parts->header, parts->claims, text::base64url(*signature));
}

Forged with_alg_none(std::string_view jwt) {
  const auto parts = parts_of(jwt);
  if (!parts) return std::unexpected(parts.error());
  const Change none[] = {{"alg", R"("none")"}};
  return join(changed(parts->header, none), parts->claims, "");
}

Forged with_past_expiry(std::string_view jwt, std::int64_t now) {
  const auto parts = parts_of(jwt);
  if (!parts) return std::unexpected(parts.error());
  const Change past[] = {{"iat", std::to_string(now - 7200)},
                         {"nbf", std::to_string(now - 7200)},
                         {"exp", std::to_string(now - 3600)}};
  return join(parts->header, changed(parts->claims, past), parts->signature);
}

Forged with_public_key_as_secret(std::string_view jwt, std::string_view public_key_pem) {
  const auto parts = parts_of(jwt);
  if (!parts) return std::unexpected(parts.error());
  const Change hmac[] = {{"alg", R"("HS256")"}};
  const std::string header = changed(parts->header, hmac);
  const std::string signed_text = header + "." + std::string(parts->claims);
  const auto mac = sign("HS256", public_key_pem, signed_text);
  if (!mac) return std::unexpected(mac.error());
  return join(header, parts->claims, text::base64url(*mac));
}

namespace {

constexpr std::size_t number_bytes_max = 2048;  // of 16384 bits

Number number_in(Json text) {
  const auto bytes = text::from_base64url(text.string().value_or(""));
  if (!bytes || bytes->empty() || bytes->size() > number_bytes_max) return nullptr;
  return number(*bytes);
}

KeyPtr rsa_key(const Number& modulus, const Number& exponent) {
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1)
    return nullptr;
  const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
    return nullptr;
  return KeyPtr(key);
}

Forged pem_of(Json jwk) {
  const Number modulus = number_in(jwk.member("n"));
  const Number exponent = number_in(jwk.member("e"));
  const KeyPtr key = modulus && exponent ? rsa_key(modulus, exponent) : nullptr;
  const Bio memory(BIO_new(BIO_s_mem()));
  if (!key || !memory || PEM_write_bio_PUBKEY(memory.get(), key.get()) != 1)
    return std::unexpected("the RSA key of the JWK set cannot be read");
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

std::string kid_of(std::string_view jwt) {
  const auto header = text::from_base64url(jwt.substr(0, jwt.find('.')));
  const auto document = text::Document::parse(header.value_or(""));
  return document ? std::string(document->root().member("kid").string().value_or("")) : "";
}

}  // namespace

Forged rsa_public_key(std::string_view jwks, std::string_view jwt) {
  const auto document = text::Document::parse(jwks);
  if (!document) return std::unexpected("the JWK set is " + document.error());
  const Json keys = document->root().member("keys");
  const std::string kid = kid_of(jwt);
  for (std::size_t i = 0; keys.kind() == Json::Kind::array && i < keys.size(); ++i) {
    const Json key = keys.item(i);
    if (key.member("kty").string() != "RSA") continue;
    if (kid.empty() || key.member("kid").string() == kid) return pem_of(key);
  }
  return std::unexpected("the JWK set has no RSA key of the token");
}

}  // namespace sonde::auth
