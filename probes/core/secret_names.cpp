#include "probes/core/secret_names.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "probes/text/ascii.hpp"

namespace sonde {
namespace {

// Every name of a secret contains one of these.
bool may_name_a_secret(std::string_view name) {
  return std::ranges::any_of(name,
                             [](char c) { return std::string_view("kwcmxKWCMX").contains(c); });
}

// "2026-01-01T00:00:00Z"
bool is_date(std::string_view value) {
  return value.size() >= 10 && value[4] == '-' && value[7] == '-' &&
         std::ranges::all_of(value.substr(0, 4), text::is_digit) && text::is_digit(value[5]) &&
         text::is_digit(value[6]) && text::is_digit(value[8]);
}

}  // namespace

bool names_a_secret(std::string_view name) {
  constexpr std::array words = {"token",   "password",     "secret",      "ticket",  "jwt",
                                "csrf",    "xsrf",         "api_key",     "api-key", "apikey",
                                "samlart", "samlresponse", "authenticity"};
  constexpr std::array harmless = {"token_type", "tokens", "tokens_used"};
  if (!may_name_a_secret(name)) return false;
  if (std::ranges::find(harmless, name) != harmless.end()) return false;
  std::string small(name);
  std::ranges::transform(small, small.begin(), text::lower);
  return std::ranges::any_of(words, [&](auto word) { return small.find(word) != small.npos; });
}

bool looks_issued(std::string_view value) {
  constexpr std::size_t shortest = 8;
  return value.size() >= shortest && std::ranges::any_of(value, text::is_digit) &&
         std::ranges::any_of(value, text::is_letter) &&
         std::ranges::none_of(value, text::is_blank) && !value.contains("://") && !is_date(value);
}

}  // namespace sonde
