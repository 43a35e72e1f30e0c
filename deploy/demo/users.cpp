#include "deploy/demo/users.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <fstream>

namespace sonde::demo {

Users::Users() {
  for (const std::string name : {"alice", "bob", "carol"}) {
    passwords_[name + "@example.com"] = name + "-password";
  }
}

std::expected<Users, std::string> Users::from_file(const std::string& path) {
  std::ifstream file(path);
  if (!file) return std::unexpected(fmt::format("cannot read {}", path));
  Users users;
  users.passwords_.clear();
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.empty() || line.starts_with('#')) continue;
    const auto colon = line.find(':');
    if (colon == 0 || colon == std::string::npos || colon + 1 == line.size()) {
      return std::unexpected(fmt::format("{}:{}: expected user:password", path, number));
    }
    users.passwords_[line.substr(0, colon)] = line.substr(colon + 1);
  }
  if (users.passwords_.empty()) return std::unexpected(fmt::format("{} names no user", path));
  return users;
}

bool Users::accepts(std::string_view user, std::string_view password) const {
  const auto found = passwords_.find(user);
  return found != passwords_.end() && found->second.size() == password.size() &&
         CRYPTO_memcmp(found->second.data(), password.data(), password.size()) == 0;
}

}  // namespace sonde::demo
