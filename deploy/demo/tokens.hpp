#pragma once
#include <chrono>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>

struct evp_pkey_st;

namespace sonde::demo {

using Now = std::chrono::system_clock::time_point;

inline constexpr std::chrono::seconds token_life = std::chrono::minutes(15);
inline constexpr std::string_view token_issuer = "sonde-demo";
inline constexpr std::string_view token_audience = "sonde-demo-api";

// Access tokens: RS256 JWTs (RFC 7519, RFC 7518 section 3.3) with a key that is made at start and
// never leaves the process.
class Tokens {
 public:
  Tokens();
  std::string issue(std::string_view user, std::string_view id, Now now) const;
  // Returns the subject after checking signature, algorithm, issuer, audience and times; the error
  // says why the token is rejected.
  std::expected<std::string, std::string> verify(std::string_view token, Now now) const;
  std::string jwks() const;

 private:
  std::string sign(std::string_view text) const;
  bool signed_by_us(std::string_view text, std::string_view signature) const;

  std::shared_ptr<evp_pkey_st> key_;
  std::string modulus_, exponent_, key_id_, header_;
};

// Refresh tokens: opaque, valid for one use; beyond 100,000 the oldest is dropped.
class Refreshes {
 public:
  std::string issue(std::string_view user);
  std::optional<std::string> redeem(const std::string& token);  // the user

 private:
  struct Held {
    std::string user;
    std::uint64_t number;
  };
  std::map<std::string, Held> held_;
  std::map<std::uint64_t, std::string> by_age_;
  std::uint64_t issued_ = 0;
};

}  // namespace sonde::demo
