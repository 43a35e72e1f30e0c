#pragma once
#include <expected>
#include <string>
#include <string_view>

namespace sonde::access {

// The highest accepted cost: about a minute a check.
inline constexpr int bcrypt_cost_max = 20;

// The cost of a bcrypt hash "$2y$10$...", 4 to bcrypt_cost_max; also $2a$ and $2b$. The error says
// what is wrong, and contains nothing of the hash.
std::expected<int, std::string> bcrypt_cost(std::string_view hash);

// Whether the password has that hash, by crypt_r(3). Takes 2^cost steps, about 50 ms for a cost of
// 10; so call it on a thread of its own. bcrypt counts the first 72 bytes; a password with a NUL
// has no hash.
bool bcrypt_matches(const std::string& password, const std::string& hash);

}  // namespace sonde::access
