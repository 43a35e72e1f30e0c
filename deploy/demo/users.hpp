#pragma once
#include <expected>
#include <map>
#include <string>

namespace sonde::demo {

// The users that may log in.
class Users {
 public:
  // alice, bob and carol@example.com, with the passwords alice-password and so on.
  Users();
  // Reads lines user:password; blank lines and lines that begin with # are ignored.
  static std::expected<Users, std::string> from_file(const std::string& path);

  bool knows(std::string_view user) const { return passwords_.contains(user); }
  bool accepts(std::string_view user, std::string_view password) const;

 private:
  std::map<std::string, std::string, std::less<>> passwords_;
};

}  // namespace sonde::demo
