#include "probes/auth/jwt/forge.hpp"

#include <gmock/gmock.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <bit>

#include "probes/auth/token.hpp"
#include "probes/text/json.hpp"
#include "probes/text/template.hpp"

namespace sonde::auth::forge_test {
namespace {

using testing::HasSubstr;

// A key of its own for the tests, which sign and verify as a server does.
class Issuer {
 public:
  Issuer() : key_(EVP_RSA_gen(2048)) {}
  ~Issuer() { EVP_PKEY_free(key_); }
  Issuer(const Issuer&) = delete;
  Issuer& operator=(const Issuer&) = delete;

  std::string sign(const std::string& header, const std::string& claims) const {
    const std::string text = text::base64url(header) + "." + text::base64url(claims);
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    std::string signature(256, '\0');
    std::size_t size = signature.size();
    EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key_);
    EVP_DigestSign(context, bytes(signature), &size, bytes(text), text.size());
    EVP_MD_CTX_free(context);
    return text + "." + text::base64url(signature);
  }

  bool accepts(const std::string& jwt) const {
    const auto dot = jwt.rfind('.');
    const std::string text = jwt.substr(0, dot);
    const std::string signature = text::from_base64url(jwt.substr(dot + 1)).value_or("");
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, key_);
    const int good =
        EVP_DigestVerify(context, bytes(signature), signature.size(), bytes(text), text.size());
    EVP_MD_CTX_free(context);
    return good == 1;
  }

  std::string pem() const {
    BIO* memory = BIO_new(BIO_s_mem());
    PEM_write_bio_PUBKEY(memory, key_);
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory, &data);
    std::string text(data, static_cast<std::size_t>(size));
    BIO_free_all(memory);
    return text;
  }

  std::string jwks() const {
    return R"({"keys":[{"kty":"EC","kid":"other"},{"kty":"RSA","kid":"old","n":"AQAB","e":"AQAB"},)"
           R"({"kty":"RSA","kid":"k1","n":")" +
           number("n") + R"(","e":")" + number("e") + R"("}]})";
  }

 private:
  static unsigned char* bytes(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
  }
  static const unsigned char* bytes(const std::string& text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  }
  std::string number(const char* name) const {
    BIGNUM* number = nullptr;
    EVP_PKEY_get_bn_param(key_, name, &number);
    std::string text(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
    BN_bn2bin(number, bytes(text));
    BN_free(number);
    return text::base64url(text);
  }

  EVP_PKEY* key_;
};

const Issuer& issuer() {
  static const Issuer one;
  return one;
}

std::string good() {
  return issuer().sign(R"({"alg":"RS256","kid":"k1","typ":"JWT"})",
                       R"({"sub":"alice","exp":4000000000,"aud":["a","b"],"admin":false})");
}

std::string part(const std::string& jwt, int number) {
  std::string_view rest = jwt;
  for (int i = 0; i < number; ++i) rest.remove_prefix(rest.find('.') + 1);
  return text::from_base64url(rest.substr(0, rest.find('.'))).value_or("?");
}

TEST(Forge, TheGoodTokenIsGood) { EXPECT_TRUE(issuer().accepts(good())); }

TEST(Forge, ABadSignatureDiffersInOneBit) {
  const std::string forged = with_bad_signature(good()).value();
  EXPECT_EQ(forged.substr(0, forged.rfind('.')), good().substr(0, good().rfind('.')));
  const std::string before = part(good(), 2), after = part(forged, 2);
  int bits = 0;
  for (std::size_t i = 0; i < before.size(); ++i)
    bits += std::popcount(static_cast<unsigned char>(before[i] ^ after[i]));
  EXPECT_EQ(bits, 1);
  EXPECT_FALSE(issuer().accepts(forged));
}

TEST(Forge, AlgNoneKeepsTheClaimsAndHasNoSignature) {
  const std::string forged = with_alg_none(good()).value();
  EXPECT_EQ(part(forged, 0), R"({"alg":"none","kid":"k1","typ":"JWT"})");
  EXPECT_EQ(part(forged, 1), part(good(), 1));
  EXPECT_TRUE(forged.ends_with('.'));
}

TEST(Forge, APastExpiryKeepsTheOtherClaimsAndTheSignature) {
  const std::string forged = with_past_expiry(good(), 1700000000).value();
  EXPECT_EQ(part(forged, 1), R"({"iat":1699992800,"nbf":1699992800,"exp":1699996400,"sub":"alice",)"
                             R"("aud":["a","b"],"admin":false})");
  EXPECT_EQ(part(forged, 2), part(good(), 2));
  EXPECT_EQ(read_claims(forged)->expires, 1699996400);
}

TEST(Forge, ThePublicKeyIsThatOfTheTokensKid) {
  EXPECT_EQ(rsa_public_key(issuer().jwks(), good()).value(), issuer().pem());
}

TEST(Forge, AServerThatTakesThePublicKeyForTheSecretAcceptsTheConfusedToken) {
  const std::string forged = with_public_key_as_secret(good(), issuer().pem()).value();
  EXPECT_EQ(part(forged, 0), R"({"alg":"HS256","kid":"k1","typ":"JWT"})");
  const std::string text = forged.substr(0, forged.rfind('.')), pem = issuer().pem();
  unsigned char mac[32];
  std::size_t size = 0;
  EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, pem.data(), pem.size(),
            reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, sizeof mac,
            &size);
  EXPECT_EQ(part(forged, 2), std::string(reinterpret_cast<char*>(mac), size));
}

TEST(Forge, WhatIsNoJwtCannotBeForgedAndIsNotShown) {
  for (const char* opaque : {"opaque-token-4711", "", "a.b.c"}) {
    for (const Forged& forged :
         {with_bad_signature(opaque), with_alg_none(opaque), with_past_expiry(opaque, 1),
          with_public_key_as_secret(opaque, "key")}) {
      ASSERT_FALSE(forged);
      EXPECT_THAT(forged.error(), HasSubstr("no JWT"));
      EXPECT_EQ(forged.error().find("opaque"), std::string::npos);
    }
  }
}

TEST(Forge, AJwkSetWithoutTheKeySaysSo) {
  EXPECT_THAT(rsa_public_key("[", good()).error(), HasSubstr("not JSON"));
  EXPECT_THAT(rsa_public_key(R"({"keys":[]})", good()).error(), HasSubstr("no RSA key"));
  EXPECT_THAT(
      rsa_public_key(R"({"keys":[{"kty":"RSA","kid":"k1","n":"","e":"AQAB"}]})", good()).error(),
      HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace sonde::auth::forge_test
