#include "daemon/access/bcrypt.hpp"

#include <crypt.h>
#include <fmt/format.h>
#include <openssl/crypto.h>

#include <memory>
#include <string_view>

namespace sonde::access {
namespace {

constexpr std::size_t hash_size = 60;  // "$2y$10$", 22 characters of salt, 31 of the digest
constexpr std::size_t prefix_size = 7;
constexpr std::string_view alphabet =
    "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::expected<int, std::string> bcrypt_cost(std::string_view hash) {
  const bool known =
      hash.starts_with("$2y$") || hash.starts_with("$2a$") || hash.starts_with("$2b$");
  const bool whole = hash.size() == hash_size && known && is_digit(hash[4]) && is_digit(hash[5]) &&
                     hash[6] == '$' &&
                     hash.find_first_not_of(alphabet, prefix_size) == std::string_view::npos;
  if (!whole)
    return std::unexpected(
        "is not a bcrypt hash, 60 characters that begin with $2y$; `htpasswd -nBC 10 NAME` makes "
        "one");
  const int cost = (hash[4] - '0') * 10 + (hash[5] - '0');
  if (cost < 4 || cost > bcrypt_cost_max)
    return std::unexpected(
        fmt::format("has a cost of {}; 4 to {} is allowed", cost, bcrypt_cost_max));
  return cost;
}

bool bcrypt_matches(const std::string& password, const std::string& hash) {
  if (password.contains('\0')) return false;
  struct Wiped {
    void operator()(crypt_data* data) const {
      OPENSSL_cleanse(data, sizeof *data);
      delete data;
    }
  };
  const std::unique_ptr<crypt_data, Wiped> data(new crypt_data{});
  const char* made = crypt_r(password.c_str(), hash.c_str(), data.get());
  if (made == nullptr) return false;
  const std::string_view digest(made);
  return digest.size() == hash.size() && CRYPTO_memcmp(made, hash.data(), hash.size()) == 0;
}

}  // namespace sonde::access
