#pragma once
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace sonde::auth {

// Makes tokens that a server has to reject from a good JWT (RFC 7519). Only the issuer can sign, so
// each is wrong in one way that a careless server does not check. The error says why a token cannot
// be made, and never contains the token. Pure.
using Forged = std::expected<std::string, std::string>;

// The same claims, with one bit of the signature changed.
Forged with_bad_signature(std::string_view jwt);

// alg "none" in the header, and no signature (RFC 7519 section 6).
Forged with_alg_none(std::string_view jwt);

// Claims that expired an hour before `now` (Unix seconds). The signature is that of the good token,
// so acceptance shows only that the server skips one of the two checks.
Forged with_past_expiry(std::string_view jwt, std::int64_t now);

// Signed with HMAC SHA-256, with the text of the issuer's public key as the secret. A server that
// lets the token choose the algorithm accepts it (RFC 8725 section 2.1).
Forged with_public_key_as_secret(std::string_view jwt, std::string_view public_key_pem);

// The PEM text (SubjectPublicKeyInfo) of the RSA key in a JWK set (RFC 7517 section 5) that signed
// the token: the one with its `kid`; without a `kid`, the first.
Forged rsa_public_key(std::string_view jwks, std::string_view jwt);

}  // namespace sonde::auth
