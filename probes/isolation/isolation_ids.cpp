#include "probes/isolation/isolation_ids.hpp"

#include <algorithm>

#include "probes/text/ascii.hpp"

namespace sonde::isolation {

std::string plain_name(std::string_view name) {
  std::string plain = text::lowered(name);
  std::erase_if(plain, [](char c) { return c == '_' || c == '-'; });
  return plain;
}

bool names_somebody(std::string_view plain) {
  constexpr std::string_view all[] = {"user",   "session", "connection", "client", "device",
                                      "member", "account", "actor",      "sender", "author"};
  return std::ranges::any_of(all, [&](std::string_view one) { return plain.contains(one); });
}

bool names_user(std::string_view plain) {
  return plain.contains("user") || plain.contains("account") || plain.contains("member");
}

bool may_be_counter(std::string_view id) {
  constexpr std::size_t digits_max = 3, known_from = 8;
  if (id.size() >= known_from) return false;
  const std::size_t prefix = std::min(id.find_first_of("0123456789"), id.size());
  const bool number_ends = id.find_first_not_of("0123456789", prefix) == id.npos;
  return number_ends && (prefix == 0 || id.size() - prefix <= digits_max);
}

bool is_nobodys(std::string_view id) { return id.find_first_not_of("0-") == id.npos || id == "-1"; }

}  // namespace sonde::isolation
