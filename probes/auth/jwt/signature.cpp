#include "probes/auth/jwt/signature.hpp"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <cstdlib>
#include <optional>

#include "probes/auth/jwt/evp.hpp"

namespace sonde::auth {
namespace {

struct Algorithm {
  std::string_view name;
  const EVP_MD* (*digest)();  // null: determined by the key
  bool pss, hmac;
};

const EVP_MD* no_digest() { return nullptr; }

constexpr Algorithm algorithms[] = {
    {"RS256", EVP_sha256, false, false},  {"RS384", EVP_sha384, false, false},
    {"RS512", EVP_sha512, false, false},  {"PS256", EVP_sha256, true, false},
    {"PS384", EVP_sha384, true, false},   {"PS512", EVP_sha512, true, false},
    {"ES256", EVP_sha256, false, false},  {"ES384", EVP_sha384, false, false},
    {"ES512", EVP_sha512, false, false},  {"EdDSA", no_digest, false, false},
    {"Ed25519", no_digest, false, false}, {"Ed448", no_digest, false, false},
    {"HS256", EVP_sha256, false, true},   {"HS384", EVP_sha384, false, true},
    {"HS512", EVP_sha512, false, true}};

const Algorithm* algorithm_named(std::string_view name) {
  for (const auto& row : algorithms)
    if (row.name == name) return &row;
  return nullptr;
}

// For an elliptic curve; 0: it is not one.
std::size_t coordinate_bytes(KeyKind kind) {
  if (kind == KeyKind::p256) return 32;
  if (kind == KeyKind::p384) return 48;
  return kind == KeyKind::p521 ? 66 : 0;
}

// A JWT has r and s concatenated (RFC 7518 section 3.4), OpenSSL needs DER.
std::optional<std::string> der_of(std::string_view raw, std::size_t each) {
  if (raw.size() != 2 * each) return std::nullopt;
  Ecdsa pair(ECDSA_SIG_new());
  Number r = number(raw.substr(0, each)), s = number(raw.substr(each));
  if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return std::nullopt;
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  std::string der(static_cast<std::size_t>(i2d_ECDSA_SIG(pair.get(), nullptr)), '\0');
  unsigned char* to = bytes(der);
  i2d_ECDSA_SIG(pair.get(), &to);
  return der;
}

std::string raw_of(std::string_view der, std::size_t each) {
  const unsigned char* from = bytes(der);
  const Ecdsa pair(d2i_ECDSA_SIG(nullptr, &from, static_cast<long>(der.size())));
  std::string raw(2 * each, '\0');
  const int size = static_cast<int>(each);
  if (!pair || BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), bytes(raw), size) != size ||
      BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), bytes(raw) + each, size) != size)
    return "";
  return raw;
}

bool set_padding(EVP_PKEY_CTX* context, const Algorithm& algorithm) {
  if (!algorithm.pss) return true;
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

std::string hmac(const Algorithm& algorithm, std::string_view secret, std::string_view text) {
  std::string mac(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  if (HMAC(algorithm.digest(), secret.data(), static_cast<int>(secret.size()), bytes(text),
           text.size(), bytes(mac), &size) == nullptr)
    return "";
  mac.resize(size);
  return mac;
}

std::optional<KeyKind> kind_of(EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "RSA") == 1) return KeyKind::rsa;
  if (EVP_PKEY_is_a(key, "ED25519") == 1) return KeyKind::ed25519;
  if (EVP_PKEY_is_a(key, "ED448") == 1) return KeyKind::ed448;
  if (EVP_PKEY_is_a(key, "EC") != 1) return std::nullopt;
  const int bits = EVP_PKEY_get_bits(key);
  if (bits == 256) return KeyKind::p256;
  if (bits == 384) return KeyKind::p384;
  return bits == 521 ? std::optional(KeyKind::p521) : std::nullopt;
}

std::string sign_with(EVP_PKEY* key, const Algorithm& algorithm, std::string_view text) {
  const Digest digest(EVP_MD_CTX_new());
  EVP_PKEY_CTX* context = nullptr;
  std::size_t size = 0;
  if (!digest ||
      EVP_DigestSignInit(digest.get(), &context, algorithm.digest(), nullptr, key) != 1 ||
      !set_padding(context, algorithm) ||
      EVP_DigestSign(digest.get(), nullptr, &size, bytes(text), text.size()) != 1)
    return "";
  std::string signature(size, '\0');
  if (EVP_DigestSign(digest.get(), bytes(signature), &size, bytes(text), text.size()) != 1)
    return "";
  signature.resize(size);
  return signature;
}

int no_passphrase(char*, int, int, void*) { return 0; }

KeyPtr read_private(std::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return KeyPtr(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr)
                    : nullptr);
}

}  // namespace

bool Key::verifies(std::string_view algorithm, std::string_view text,
                   std::string_view signature) const {
  const Algorithm* row = algorithm_named(algorithm);
  if (row == nullptr || !fits(algorithm)) return false;
  if (row->hmac) {
    const std::string mac = hmac(*row, secret_, text);
    return !mac.empty() && mac.size() == signature.size() &&
           CRYPTO_memcmp(mac.data(), signature.data(), mac.size()) == 0;
  }
  std::string der;
  if (const std::size_t each = coordinate_bytes(kind_); each > 0) {
    auto made = der_of(signature, each);
    if (!made) return false;
    der = std::move(*made);
    signature = der;
  }
  const Digest digest(EVP_MD_CTX_new());
  EVP_PKEY_CTX* context = nullptr;
  const bool good =
      digest &&
      EVP_DigestVerifyInit(digest.get(), &context, row->digest(), nullptr, key_.get()) == 1 &&
      set_padding(context, *row) &&
      EVP_DigestVerify(digest.get(), bytes(signature), signature.size(), bytes(text),
                       text.size()) == 1;
  ERR_clear_error();
  return good;
}

std::expected<std::string, std::string> sign(std::string_view algorithm, std::string_view key,
                                             std::string_view text) {
  const Algorithm* row = algorithm_named(algorithm);
  if (row == nullptr) return std::unexpected("unknown algorithm " + std::string(algorithm));
  if (row->hmac) return hmac(*row, key, text);
  const KeyPtr pair = read_private(key);
  ERR_clear_error();
  if (!pair) return std::unexpected("it is no private key in PEM without a passphrase");
  const auto kind = kind_of(pair.get());
  if (!kind || !fits_kind(*kind, algorithm))
    return std::unexpected("it is not the kind of key that " + std::string(algorithm) + " wants");
  std::string signature = sign_with(pair.get(), *row, text);
  ERR_clear_error();
  if (const std::size_t each = coordinate_bytes(*kind); each > 0 && !signature.empty())
    signature = raw_of(signature, each);
  if (signature.empty()) return std::unexpected("it cannot sign");
  return signature;
}

std::string sha256(std::string_view text) {
  std::string digest(32, '\0');
  if (EVP_Digest(text.data(), text.size(), bytes(digest), nullptr, EVP_sha256(), nullptr) != 1)
    std::abort();
  return digest;
}

std::string random_bytes(std::size_t count) {
  std::string made(count, '\0');
  if (RAND_bytes(bytes(made), static_cast<int>(count)) != 1) std::abort();
  return made;
}

}  // namespace sonde::auth
