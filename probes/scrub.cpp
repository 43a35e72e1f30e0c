#include "probes/scrub.hpp"

#include <algorithm>
#include <array>

#include "probes/secrets.hpp"

namespace sonde {
namespace {

constexpr auto npos = std::string_view::npos;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool is_token_char(char c) {
  const char small = lower(c);
  return (small >= 'a' && small <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '.';
}

// A JWT: "eyJ" (a JSON object in base64url), then parts with a dot between them (RFC 7515 3.1).
void replace_jwts(std::string& text) {
  for (auto at = text.find('J'); at != npos; at = text.find('J', at + 1)) {
    if (at < 2 || text[at - 1] != 'y' || text[at - 2] != 'e') continue;
    const auto begin = at - 2;
    auto end = at;
    while (end < text.size() && is_token_char(text[end])) ++end;
    const auto token = std::string_view(text).substr(begin, end - begin);
    if (std::ranges::count(token, '.') < 2) continue;
    text.replace(begin, end - begin, redacted);
    at = begin;
  }
}

// Each of the words below has one of these.
bool may_name_a_secret(std::string_view name) {
  return std::ranges::any_of(name, [](char c) {
    const char small = lower(c);
    return small == 'k' || small == 'w' || small == 'c';
  });
}

bool names_a_secret(std::string_view name) {
  constexpr std::array words = {"token", "password", "secret", "ticket", "jwt"};
  constexpr std::array harmless = {"token_type", "tokens", "tokens_used"};
  if (!may_name_a_secret(name)) return false;
  if (std::ranges::find(harmless, name) != harmless.end()) return false;
  std::string small(name);
  std::ranges::transform(small, small.begin(), lower);
  return std::ranges::any_of(words, [&](auto word) { return small.find(word) != small.npos; });
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// A JSON string value: its first byte, and whether its quotes are escaped, because it stands in a
// string itself.
struct Value {
  std::size_t begin = npos;
  bool escaped = false;
};

// The string after the colon at `colon`.
Value value_after(std::string_view text, std::size_t colon) {
  auto at = colon + 1;
  while (at < text.size() && is_blank(text[at])) ++at;
  if (at == text.size()) return {};
  if (text[at] == '"') return {at + 1, false};
  return text.substr(at).starts_with("\\\"") ? Value{at + 2, true} : Value();
}

// One past its last byte, also if the text is cut off before.
std::size_t end_of(std::string_view text, Value value) {
  if (value.escaped) return std::min(text.find("\\\"", value.begin), text.size());
  for (auto at = value.begin; at < text.size(); ++at) {
    if (text[at] == '"') return at;
    if (text[at] == '\\') ++at;
  }
  return text.size();
}

// The name before the colon at `colon`; empty if there is none.
std::string_view name_before(std::string_view text, std::size_t colon, bool escaped) {
  const std::string_view quote = escaped ? "\\\"" : "\"";
  auto head = text.substr(0, colon);
  while (!head.empty() && is_blank(head.back())) head.remove_suffix(1);
  if (!head.ends_with(quote)) return {};
  head.remove_suffix(quote.size());
  auto open = escaped ? head.rfind(quote) : head.rfind('"');
  while (!escaped && open != npos && open > 0 && head[open - 1] == '\\')
    open = head.rfind('"', open - 1);
  return open == npos ? std::string_view() : head.substr(open + quote.size());
}

void replace_members(std::string& text) {
  for (auto colon = text.find(':', 1); colon != npos; colon = text.find(':', colon + 1)) {
    const Value value = value_after(text, colon);
    if (value.begin == npos || !names_a_secret(name_before(text, colon, value.escaped))) continue;
    text.replace(value.begin, end_of(text, value) - value.begin, redacted);
    colon = value.begin + redacted.size() - 1;
  }
}

}  // namespace

void scrub(std::string& text) {
  replace_jwts(text);
  replace_members(text);
}

bool is_sensitive_header(std::string_view name) {
  constexpr std::array names = {"authorization", "proxy-authorization", "cookie", "set-cookie",
                                "x-api-key"};
  return std::ranges::any_of(names, [&](std::string_view sensitive) {
    return std::ranges::equal(name, sensitive, [](char a, char b) { return lower(a) == b; });
  });
}

std::string scrub_header(std::string_view value) {
  const std::size_t space = value.find(' ');
  const bool scheme = space != std::string_view::npos && space <= 10 &&
                      std::ranges::all_of(value.substr(0, space), is_token_char);
  return (scheme ? std::string(value.substr(0, space + 1)) : "") + std::string(redacted);
}

}  // namespace sonde
