#pragma once
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace sonde::auth {

// Tokens that a server has to refuse, made from a good JWT (RFC 7519). Nobody but the issuer can
// sign, so each is wrong in one way that a careless server overlooks. The error says why it cannot
// be made; it never shows the token. Pure.
using Forged = std::expected<std::string, std::string>;

// The same claims with one bit of the signature changed.
Forged with_bad_signature(std::string_view jwt);

// The header says that there is no signature, and there is none (RFC 7519 6).
Forged with_alg_none(std::string_view jwt);

// The claims say that it expired an hour before `now` (Unix seconds). The signature is that of the
// good token, so it shows no more than that one of both is looked at.
Forged with_past_expiry(std::string_view jwt, std::int64_t now);

// Signed with HMAC SHA-256 under the text of the issuer's public key, which a server that lets the
// token choose the algorithm takes for the key (RFC 8725 2.1).
Forged with_public_key_as_secret(std::string_view jwt, std::string_view public_key_pem);

// The PEM text (SubjectPublicKeyInfo) of the RSA key in a JWK set (RFC 7517 5) that signed the
// token: that of its `kid`; without one, the first.
Forged rsa_public_key(std::string_view jwks, std::string_view jwt);

}  // namespace sonde::auth
