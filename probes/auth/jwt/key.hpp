#pragma once
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace sonde::auth {

// The kind of a key decides which algorithms it can verify (RFC 7518 section 3.1, RFC 8037 section
// 3.1; RFC 9864 names EdDSA with one curve alone Ed25519 and Ed448).
enum class KeyKind : std::uint8_t { rsa, p256, p384, p521, ed25519, ed448, secret };

// A public key, or a shared secret. Cheap to copy: copies share the OpenSSL key.
class Key {
 public:
  // RFC 7518 section 6.3: modulus (2048 to 8192 bits) and exponent (at most 32 bits) as big-endian
  // bytes. The bounds limit what parsing and using a stranger's key may cost.
  static std::expected<Key, std::string> rsa(std::string_view modulus, std::string_view exponent);
  // RFC 7518 section 6.2: "P-256", "P-384" or "P-521", and a point on that curve.
  static std::expected<Key, std::string> curve(std::string_view name, std::string_view x,
                                               std::string_view y);
  // RFC 8037: "Ed25519" or "Ed448".
  static std::expected<Key, std::string> edwards(std::string_view name, std::string_view x);
  static Key secret(std::string bytes);

  KeyKind kind() const { return kind_; }
  // Whether this kind of key is for `algorithm`: an RSA key never verifies an HMAC.
  bool fits(std::string_view algorithm) const;
  // Whether `signature` (raw bytes, as in a JWT) is a signature of `text`. False if the key does
  // not fit the algorithm.
  bool verifies(std::string_view algorithm, std::string_view text,
                std::string_view signature) const;
  // The public key in PEM (SubjectPublicKeyInfo); empty for a secret.
  std::string pem() const;

 private:
  Key(KeyKind kind, evp_pkey_st* key);
  KeyKind kind_;
  std::shared_ptr<evp_pkey_st> key_;
  std::string secret_;
};

}  // namespace sonde::auth
