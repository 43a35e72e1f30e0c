#include "deploy/demo/tokens.hpp"

#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include <cstdlib>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "deploy/demo/base64.hpp"
#include "deploy/demo/text.hpp"

namespace json = boost::json;

namespace sonde::demo {
namespace {

using Digest = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

Digest make_digest() { return {EVP_MD_CTX_new(), EVP_MD_CTX_free}; }

// Without its own key or randomness the demo cannot go on.
void must(bool done) {
  if (!done) std::abort();
}

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string number_of(EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  must(EVP_PKEY_get_bn_param(key, name, &number) == 1);
  std::string big_endian(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(big_endian.data()));
  BN_free(number);
  return base64url(big_endian);
}

std::int64_t seconds(Now now) {
  return std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
}

std::optional<json::object> decode_object(std::string_view part) {
  const auto plain = unbase64(part);
  if (!plain) return std::nullopt;
  boost::system::error_code error;
  const auto value = json::parse(*plain, error);
  if (error || !value.is_object()) return std::nullopt;
  return value.get_object();
}

std::int64_t number_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value && value->is_int64() ? value->get_int64() : 0;
}

}  // namespace

Tokens::Tokens() : key_(EVP_RSA_gen(2048), EVP_PKEY_free) {
  must(key_ != nullptr);
  modulus_ = number_of(key_.get(), OSSL_PKEY_PARAM_RSA_N);
  exponent_ = number_of(key_.get(), OSSL_PKEY_PARAM_RSA_E);
  key_id_ = "demo-" + modulus_.substr(0, 12);
  header_ = base64url(fmt::format(R"({{"alg":"RS256","typ":"JWT","kid":"{}"}})", key_id_));
}

std::string Tokens::issue(std::string_view user, std::string_view id, Now now) const {
  const auto claims = fmt::format(
      R"({{"iss":"{}","aud":"{}","sub":{},"iat":{},"exp":{},"jti":"{}"}})", token_issuer,
      token_audience, quoted(user), seconds(now), seconds(now + token_life), id);
  const auto text = header_ + "." + base64url(claims);
  return text + "." + base64url(sign(text));
}

std::expected<std::string, std::string> Tokens::verify(std::string_view token, Now now) const {
  const auto last = token.rfind('.');
  const auto first = token.find('.');
  if (first == std::string_view::npos || first == last) return std::unexpected("not a JWT");
  const auto header = decode_object(token.substr(0, first));
  const auto claims = decode_object(token.substr(first + 1, last - first - 1));
  const auto signature = unbase64(token.substr(last + 1));
  if (!header || !claims || !signature) return std::unexpected("not a JWT");
  if (string_member(*header, "alg") != "RS256") return std::unexpected("algorithm not allowed");
  if (!signed_by_us(token.substr(0, last), *signature)) return std::unexpected("bad signature");
  if (string_member(*claims, "iss") != token_issuer) return std::unexpected("wrong issuer");
  if (string_member(*claims, "aud") != token_audience) return std::unexpected("wrong audience");
  if (number_at(*claims, "exp") <= seconds(now)) return std::unexpected("token expired");
  return string_member(*claims, "sub");
}

std::string Tokens::jwks() const {
  return fmt::format(
      R"({{"keys":[{{"kty":"RSA","use":"sig","alg":"RS256","kid":"{}","n":"{}","e":"{}"}}]}})",
      key_id_, modulus_, exponent_);
}

std::string Tokens::sign(std::string_view text) const {
  const auto digest = make_digest();
  std::string signature(256, '\0');
  std::size_t size = signature.size();
  must(EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1);
  must(EVP_DigestSign(digest.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                      bytes(text), text.size()) == 1);
  signature.resize(size);
  return signature;
}

bool Tokens::signed_by_us(std::string_view text, std::string_view signature) const {
  const auto digest = make_digest();
  must(EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1);
  return EVP_DigestVerify(digest.get(), bytes(signature), signature.size(), bytes(text),
                          text.size()) == 1;
}

std::string Refreshes::issue(std::string_view user) {
  unsigned char random[24];
  must(RAND_bytes(random, sizeof random) == 1);
  auto token = base64url({reinterpret_cast<const char*>(random), sizeof random});
  held_[token] = {std::string(user), ++issued_};
  by_age_[issued_] = token;
  if (by_age_.size() > 100000) {
    held_.erase(by_age_.begin()->second);
    by_age_.erase(by_age_.begin());
  }
  return token;
}

std::optional<std::string> Refreshes::redeem(const std::string& token) {
  const auto found = held_.find(token);
  if (found == held_.end()) return std::nullopt;
  auto user = std::move(found->second.user);
  by_age_.erase(found->second.number);
  held_.erase(found);
  return user;
}

}  // namespace sonde::demo
