#include <openssl/core_names.h>
#include <openssl/pem.h>

#include "probes/auth/jwt/evp.hpp"
#include "probes/auth/jwt/forge.hpp"
#include "probes/text/json.hpp"
#include "probes/text/template.hpp"

namespace sonde::auth {
namespace {

using text::Json;

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
