#include "probes/auth/jwt/key.hpp"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "probes/auth/jwt/evp.hpp"

namespace sonde::auth {
namespace {

struct Curve {
  std::string_view jose;
  const char* openssl;
  KeyKind kind;
  std::size_t bytes;  // of a coordinate
};
constexpr Curve curves[] = {{"P-256", "P-256", KeyKind::p256, 32},
                            {"P-384", "P-384", KeyKind::p384, 48},
                            {"P-521", "P-521", KeyKind::p521, 66}};

KeyPtr from_params(const char* type, OSSL_PARAM_BLD* builder) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
    ERR_clear_error();
  return KeyPtr(key);
}

}  // namespace

bool fits_kind(KeyKind kind, std::string_view algorithm) {
  switch (kind) {
    case KeyKind::rsa:
      return algorithm.starts_with("RS") || algorithm.starts_with("PS");
    case KeyKind::p256:
      return algorithm == "ES256";
    case KeyKind::p384:
      return algorithm == "ES384";
    case KeyKind::p521:
      return algorithm == "ES512";
    case KeyKind::ed25519:
      return algorithm == "EdDSA" || algorithm == "Ed25519";
    case KeyKind::ed448:
      return algorithm == "EdDSA" || algorithm == "Ed448";
    case KeyKind::secret:
      return algorithm.starts_with("HS");
  }
  return false;
}

Key::Key(KeyKind kind, evp_pkey_st* key) : kind_(kind), key_(key, Freed<EVP_PKEY_free>()) {}

std::expected<Key, std::string> Key::rsa(std::string_view modulus, std::string_view exponent) {
  constexpr std::size_t modulus_max = 1024 + 1, exponent_max = 4 + 1;
  if (modulus.size() > modulus_max) return std::unexpected("an RSA key beyond 8192 bits");
  if (exponent.size() > exponent_max) return std::unexpected("its e is beyond 32 bits");
  const Number n = number(modulus), e = number(exponent);
  if (!n || !e || BN_num_bits(n.get()) < 2048 || !BN_is_odd(e.get()))
    return std::unexpected("no RSA key of at least 2048 bits");
  if (BN_is_one(e.get())) return std::unexpected("its e is 1, so anybody can sign");
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
    return std::unexpected("no memory for an RSA key");
  KeyPtr key = from_params("RSA", builder.get());
  if (!key) return std::unexpected("its n and e are no RSA key");
  return Key(KeyKind::rsa, key.release());
}

std::expected<Key, std::string> Key::curve(std::string_view name, std::string_view x,
                                           std::string_view y) {
  const Curve* curve = nullptr;
  for (const auto& row : curves)
    if (row.jose == name) curve = &row;
  if (curve == nullptr) return std::unexpected("its curve is unknown");
  if (x.size() != curve->bytes || y.size() != curve->bytes)
    return std::unexpected("its coordinates are not of the curve's size");
  const std::string point = "\x04" + std::string(x) + std::string(y);
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve->openssl,
                                      0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1)
    return std::unexpected("no memory for an EC key");
  KeyPtr key = from_params("EC", builder.get());
  if (!key) return std::unexpected("its point is not on the curve");
  return Key(curve->kind, key.release());
}

std::expected<Key, std::string> Key::edwards(std::string_view name, std::string_view x) {
  const bool small = name == "Ed25519";
  if (!small && name != "Ed448") return std::unexpected("its curve is unknown");
  KeyPtr key(EVP_PKEY_new_raw_public_key(small ? EVP_PKEY_ED25519 : EVP_PKEY_ED448, nullptr,
                                         bytes(x), x.size()));
  ERR_clear_error();
  if (!key) return std::unexpected("its x is no " + std::string(name) + " key");
  return Key(small ? KeyKind::ed25519 : KeyKind::ed448, key.release());
}

Key Key::secret(std::string bytes) {
  Key key(KeyKind::secret, nullptr);
  key.secret_ = std::move(bytes);
  return key;
}

bool Key::fits(std::string_view algorithm) const { return fits_kind(kind_, algorithm); }

std::string Key::pem() const {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (!key_ || !bio || PEM_write_bio_PUBKEY(bio.get(), key_.get()) != 1) return "";
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace sonde::auth
