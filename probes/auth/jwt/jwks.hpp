#pragma once
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "probes/auth/jwt/key.hpp"

namespace sonde::auth {

// A key of a JWKS that can be used to verify.
struct Jwk {
  std::string id;         // kid; empty: none
  std::string algorithm;  // alg; empty: whatever the key fits
  Key key;
};

struct KeySet {
  std::vector<Jwk> keys;
  std::vector<std::string> unusable;  // why others were left out: "kid b: its curve is unknown"
};

// A JWKS (RFC 7517 5), of at most 100 keys, of which 48 KB are read. Keys that are not for
// signatures, and symmetric ones, which nobody publishes, are left out; what cannot be read is
// listed. The error: no JWKS at all.
std::expected<KeySet, std::string> read_jwks(std::string_view json);

// What the keys say of a token's signature.
enum class Signed : std::uint8_t { good, bad, unknown_key };
struct SignatureCheck {
  Signed outcome = Signed::unknown_key;
  std::string why;  // for people, unless it is good
};

// Checks the signature of a JWT in compact form (RFC 7515 5.2), whose header says `algorithm` and
// `key_id`. With a key id only that key counts; without, any that fits, at most 16. A key decides
// which algorithms it verifies, so neither "none" nor HMAC with a public key passes. Pure.
SignatureCheck check_signature(std::string_view jwt, const std::string& algorithm,
                               const std::string& key_id, const KeySet& set);

}  // namespace sonde::auth
