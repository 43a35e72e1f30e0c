#pragma once
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "probes/auth/jwt/key.hpp"

namespace sonde::auth {

// A key of a JWKS that can verify signatures.
struct Jwk {
  std::string id;         // kid; empty: none
  std::string algorithm;  // alg; empty: any that the key fits
  Key key;
};

struct KeySet {
  std::vector<Jwk> keys;
  std::vector<std::string> unusable;  // why other keys were left out: "kid b: its curve is unknown"
};

// Parses a JWKS (RFC 7517 section 5): at most 100 keys, of which 48 KB are read. Leaves out keys
// that are not for signatures, and symmetric ones, which must not be published; lists those that
// cannot be read. The error: it is not a JWKS.
std::expected<KeySet, std::string> read_jwks(std::string_view json);

// The result of checking a token's signature with a key set.
enum class Signed : std::uint8_t { good, bad, unknown_key };
struct SignatureCheck {
  Signed outcome = Signed::unknown_key;
  std::string why;  // for people; empty if good
};

// Checks the signature of a JWT in compact form (RFC 7515 section 5.2) whose header has `algorithm`
// and `key_id`. With a key id only that key is used; otherwise any that fits, at most 16. The key
// decides which algorithms it verifies, so neither "none" nor HMAC with a public key passes. Pure.
SignatureCheck check_signature(std::string_view jwt, const std::string& algorithm,
                               const std::string& key_id, const KeySet& set);

}  // namespace sonde::auth
