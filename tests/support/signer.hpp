#pragma once
#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace sonde::test {

// A token issuer for tests: a key pair made for the test, published as a JWKS.
class Signer {
 public:
  explicit Signer(std::string algorithm = "ES256", std::string key_id = "k1");  // RS256, EdDSA, ...
  std::string jwk() const;
  std::string jwks() const { return R"({"keys":[)" + jwk() + "]}"; }
  std::string pem() const;         // the private key
  std::string public_pem() const;  // what an attacker has
  // A JWT with these claims ("iss":"a", ... without braces).
  std::string token(std::string_view claims) const;
  // The same with exp and iat: issued now, valid for 900 s.
  std::string fresh(std::string_view claims = R"("sub":"alice")") const;

 private:
  std::string algorithm_, key_id_;
  std::shared_ptr<evp_pkey_st> key_;
};

// Makes {"alg":...} . {claims} . signature from any parts.
std::string jwt(std::string_view header, std::string_view claims, std::string_view signature);
std::int64_t unix_now();
// The claims of a token (its second part, decoded).
std::string claims_of(std::string_view token);

}  // namespace sonde::test
