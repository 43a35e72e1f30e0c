#include "tests/support/signer.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <chrono>
#include <cstdlib>

#include "probes/auth/jwt/signature.hpp"
#include "probes/text/template.hpp"

namespace sonde::test {
namespace {

EVP_PKEY* make(const std::string& algorithm) {
  if (algorithm == "ES256") return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
  if (algorithm == "EdDSA") return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  return EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048});
}

std::string number(EVP_PKEY* key, const char* name) {
  BIGNUM* value = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &value) != 1) std::abort();
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(value)), '\0');
  BN_bn2bin(value, reinterpret_cast<unsigned char*>(bytes.data()));
  BN_free(value);
  return text::base64url(bytes);
}

// For P-256: "\x04", x, y.
std::string point(EVP_PKEY* key) {
  std::string bytes(65, '\0');
  std::size_t size = 0;
  if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY,
                                      reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(),
                                      &size) != 1)
    std::abort();
  bytes.resize(size);
  return bytes;
}

std::string raw_key(EVP_PKEY* key) {
  std::string bytes(32, '\0');
  std::size_t size = bytes.size();
  if (EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(bytes.data()), &size) != 1)
    std::abort();
  return bytes;
}

std::string taken(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}

std::string member(std::string_view name, std::string_view value) {
  return "\"" + std::string(name) + "\":\"" + std::string(value) + "\"";
}

}  // namespace

Signer::Signer(std::string algorithm, std::string key_id)
    : algorithm_(std::move(algorithm)),
      key_id_(std::move(key_id)),
      key_(make(algorithm_), EVP_PKEY_free) {}

std::string Signer::jwk() const {
  const std::string id = member("kid", key_id_) + "," + member("use", "sig") + ",";
  if (algorithm_ == "EdDSA")
    return "{" + id + member("kty", "OKP") + "," + member("crv", "Ed25519") + "," +
           member("x", text::base64url(raw_key(key_.get()))) + "}";
  if (algorithm_ != "ES256")
    return "{" + id + member("kty", "RSA") + "," +
           member("n", number(key_.get(), OSSL_PKEY_PARAM_RSA_N)) + "," +
           member("e", number(key_.get(), OSSL_PKEY_PARAM_RSA_E)) + "}";
  const std::string whole = point(key_.get());
  return "{" + id + member("kty", "EC") + "," + member("crv", "P-256") + "," +
         member("x", text::base64url(whole.substr(1, 32))) + "," +
         member("y", text::base64url(whole.substr(33))) + "}";
}

std::string Signer::pem() const {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return taken(bio);
}

std::string Signer::public_pem() const {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PUBKEY(bio, key_.get());
  return taken(bio);
}

std::string Signer::token(std::string_view claims) const {
  const std::string head = "{" + member("alg", algorithm_) + "," + member("kid", key_id_) + "}";
  const std::string text =
      text::base64url(head) + "." + text::base64url("{" + std::string(claims) + "}");
  const auto signature = auth::sign(algorithm_, pem(), text);
  if (!signature) std::abort();
  return text + "." + text::base64url(*signature);
}

std::string Signer::fresh(std::string_view claims) const {
  const std::int64_t now = unix_now();
  return token(std::string(claims) + R"(,"iat":)" + std::to_string(now) + R"(,"exp":)" +
               std::to_string(now + 900));
}

std::string jwt(std::string_view header, std::string_view claims, std::string_view signature) {
  return text::base64url(header) + "." + text::base64url(claims) + "." + text::base64url(signature);
}

std::int64_t unix_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string claims_of(std::string_view token) {
  const std::size_t dot = token.find('.');
  const auto claims = text::from_base64url(token.substr(dot + 1, token.rfind('.') - dot - 1));
  return claims.value_or("");
}

}  // namespace sonde::test
