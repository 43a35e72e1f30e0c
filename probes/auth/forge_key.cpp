#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <memory>

#include "probes/auth/forge.hpp"
#include "probes/text/json.hpp"
#include "probes/text/template.hpp"

namespace sonde::auth {
namespace {

using text::Json;

template <auto free>
struct Free {
  void operator()(auto* owned) const { free(owned); }
};
using Number = std::unique_ptr<BIGNUM, Free<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>>;
using Context = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Memory = std::unique_ptr<BIO, Free<BIO_free_all>>;

constexpr std::size_t number_bytes_max = 2048;  // of 16384 bits

Number number(Json text) {
  const auto bytes = text::from_base64url(text.string().value_or(""));
  if (!bytes || bytes->empty() || bytes->size() > number_bytes_max) return nullptr;
  const auto* data = reinterpret_cast<const unsigned char*>(bytes->data());
  return Number(BN_bin2bn(data, static_cast<int>(bytes->size()), nullptr));
}

Key rsa_key(const Number& modulus, const Number& exponent) {
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1)
    return nullptr;
  const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  const Context context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
    return nullptr;
  return Key(key);
}

Forged pem_of(Json jwk) {
  const Number modulus = number(jwk.member("n"));
  const Number exponent = number(jwk.member("e"));
  const Key key = modulus && exponent ? rsa_key(modulus, exponent) : nullptr;
  const Memory memory(BIO_new(BIO_s_mem()));
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
  if (!document) return std::unexpected("the JWK set is not JSON: " + document.error());
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
