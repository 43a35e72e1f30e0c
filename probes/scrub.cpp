#include "probes/scrub.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace sonde {
namespace {

constexpr std::string_view redacted = "<redacted>";
constexpr std::size_t shortest = 4;

// Beyond ASCII a cut may halve a character, which some forms replace.
std::string_view beginning(std::string_view text) {
  const auto first = text.substr(0, 9);
  const bool ascii = std::ranges::all_of(first, [](char c) { return c >= 0; });
  return ascii ? first : text;
}

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

bool is_token_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
}

// A JWT: "eyJ" (a JSON object in base64url), then parts with a dot between them (RFC 7515 3.1).
void replace_jwts(std::string& text) {
  for (std::size_t at = text.find("eyJ"); at != std::string::npos; at = text.find("eyJ", at + 1)) {
    std::size_t end = at;
    while (end < text.size() && is_token_char(text[end])) ++end;
    const std::string_view token = std::string_view(text).substr(at, end - at);
    if (std::ranges::count(token, '.') >= 2) text.replace(at, end - at, redacted);
  }
}

bool names_a_secret(std::string_view name) {
  constexpr std::array words = {"token", "password", "secret", "ticket", "jwt"};
  constexpr std::array harmless = {"token_type", "tokens", "tokens_used"};
  if (std::ranges::find(harmless, name) != harmless.end()) return false;
  std::string small(name);
  std::ranges::transform(small, small.begin(), lower);
  return std::ranges::any_of(words, [&](auto word) { return small.find(word) != small.npos; });
}

// The end of the JSON string whose opening quote is at `from`; npos if it is cut off.
std::size_t string_end(std::string_view text, std::size_t from) {
  for (std::size_t i = from + 1; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == '"')
      return i;
  }
  return std::string_view::npos;
}

// Where the string value of the member named by [from, end] begins; npos if there is none.
std::size_t value_of(std::string_view text, std::size_t end) {
  std::size_t at = text.find_first_not_of(" \t\r\n", end + 1);
  if (at == std::string_view::npos || text[at] != ':') return std::string_view::npos;
  at = text.find_first_not_of(" \t\r\n", at + 1);
  return at != std::string_view::npos && text[at] == '"' ? at : std::string_view::npos;
}

void replace_members(std::string& text) {
  std::size_t at = text.find('"');
  while (at != std::string::npos) {
    const std::size_t end = string_end(text, at);
    if (end == std::string::npos) return;
    const std::size_t value = value_of(text, end);
    if (value == std::string::npos || !names_a_secret(text.substr(at + 1, end - at - 1))) {
      at = text.find('"', end + 1);
      continue;
    }
    const std::size_t last = std::min(string_end(text, value), text.size());
    text.replace(value + 1, last - value - 1, redacted);
    at = text.find('"', value + redacted.size() + 2);
  }
}

}  // namespace

Secret::Secret(std::string_view text, std::span<const Form> forms) : text_(text) {
  heads_.reserve(forms.size() + 1);
  add(nullptr);
  for (const Form form : forms) add(form);
}

void Secret::add(Form form) {
  const std::string start = form ? form(beginning(text_)) : text_;
  if (start.size() < shortest) return;
  Head head{.form = form};
  head.size = static_cast<std::uint8_t>(std::min(start.size(), head.bytes.size()));
  std::copy_n(start.begin(), head.size, head.bytes.begin());
  const auto same = std::ranges::find(heads_, head.text(), &Head::text);
  heads_.insert(same, head);
}

// The size of the longest form that `shown` begins with; 0: none.
std::size_t Secret::match(std::span<const Head> heads, std::string_view shown) const {
  std::size_t longest = 0;
  for (const Head& head : heads) {
    const std::string made = head.form ? head.form(text_) : text_;
    if (shown.starts_with(made)) longest = std::max(longest, made.size());
  }
  return longest;
}

void Secret::redact(std::string& shown) const {
  const std::span<const Head> all(heads_);
  for (std::size_t from = 0, to = 0; from < all.size(); from = to) {
    const auto start = all[from].text();
    while (to < all.size() && all[to].text() == start) ++to;
    for (auto at = shown.find(start); at != shown.npos; at = shown.find(start, at)) {
      const auto size = match(all.subspan(from, to - from), std::string_view(shown).substr(at));
      if (size > 0) shown.replace(at, size, redacted);
      at += size > 0 ? redacted.size() : 1;
    }
  }
}

void scrub(std::string& text, std::span<const Secret> secrets) {
  for (const Secret& secret : secrets) secret.redact(text);
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
