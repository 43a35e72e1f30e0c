#pragma once
#include <algorithm>
#include <string>
#include <string_view>

namespace sonde::text {

// Classes of ASCII characters. Other bytes belong to none, in any locale.
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr char lower(char c) { return is_upper(c) ? static_cast<char>(c + 32) : c; }
constexpr bool is_letter(char c) { return is_upper(c) || is_lower(c); }
constexpr bool is_alphanumeric(char c) { return is_digit(c) || is_letter(c); }
constexpr bool is_hex_digit(char c) { return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f'); }
constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
constexpr bool is_word(char c) { return is_alphanumeric(c) || c == '_'; }

// The value of a hex digit; -1: it is none.
constexpr int hex_value(char c) {
  return is_digit(c) ? c - '0' : is_hex_digit(c) ? lower(c) - 'a' + 10 : -1;
}

// Whether two texts, or characters, differ only in the case of ASCII letters.
constexpr bool same_letter(char a, char b) { return lower(a) == lower(b); }
inline bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, same_letter);
}

// The text with its ASCII letters in lower case.
inline std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower(c);
  return out;
}

}  // namespace sonde::text
