#pragma once
#include <expected>
#include <string>

#include "config/secret.hpp"
#include "config/section.hpp"
#include "probes/core/reason.hpp"
#include "probes/core/trace.hpp"

namespace sonde::auth {

// The private key, in PEM, that signs our JWTs.
struct SigningKey {
  config::Secret key;
  std::string key_id;  // kid; empty: none
  std::string algorithm = "RS256";
};
const config::Section<SigningKey>& section_of(const SigningKey*);

// Reports a key that is missing in `value`, the mapping with its keys, or that cannot sign with its
// algorithm.
bool check(const SigningKey& key, const config::Value& value, const config::Reader& reader);

// The claims of a JWT of ours (RFC 7523 section 3); jti, iat and exp (five minutes later) are
// added.
struct Assertion {
  std::string issuer, subject, audience;
  std::string more;  // further members, as the inside of a JSON object; empty: none
};

// Returns a signed JWT, hidden in `trace`. Fails with own_secret if the key cannot be read or
// cannot sign.
std::expected<std::string, Failure> make_assertion(const SigningKey& key,
                                                   const Assertion& assertion, Trace& trace);

}  // namespace sonde::auth
