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

// Access tokens: RS256 JWTs (RFC 7519, RFC 7518 3.3) of a key that is made at start and never
// leaves the process.
class Tokens {
 public:
  Tokens();
  std::string issue(std::string_view user, std::string_view id, Now now) const;
  // The subject, after signature, algorithm, issuer, audience and times were checked; or why not.
  std::expected<std::string, std::string> verify(std::string_view token, Now now) const;
  std::string jwks() const;

 private:
  std::string sign(std::string_view text) const;
  bool signed_by_us(std::string_view text, std::string_view signature) const;

  std::shared_ptr<evp_pkey_st> key_;
  std::string modulus_, exponent_, key_id_, header_;
};

// Refresh tokens: opaque, good for one use; the oldest goes when there are 100,000.
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
