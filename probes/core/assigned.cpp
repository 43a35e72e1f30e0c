#include "probes/core/assigned.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "probes/text/ascii.hpp"

namespace sonde {
namespace {

constexpr std::size_t assigned_name_max = 64, quotes_max = 8, tag_max = 512;

using text::is_alphanumeric;

bool is_name_char(char c) { return is_alphanumeric(c) || c == '_' || c == '-'; }
bool is_value_char(char c) { return is_alphanumeric(c) || std::string_view("-._~+/%").contains(c); }
bool is_quote(char c) { return c == '"' || c == '\'' || c == '\\'; }

// The separator of a name and its value.
struct Sign {
  std::size_t begin = std::string_view::npos, end = 0;
};

// The next one at `at` or later.
Sign next_sign(std::string_view text, std::size_t at) {
  for (at = text.find_first_of("=:>%", at); at != text.npos;
       at = text.find_first_of("=:>%", at + 1)) {
    if (text[at] != '%') return {at, at + 1};
    const std::string_view code = text.substr(at, 3);
    if (code == "%3D" || code == "%3d") return {at, at + 3};
  }
  return {};
}

// The name that ends at `end`, without quotes.
std::string_view name_before(std::string_view text, std::size_t end) {
  const std::size_t first = end - std::min(end, assigned_name_max);
  while (end > first && (is_quote(text[end - 1]) || text[end - 1] == ' ')) --end;
  std::size_t begin = end;
  while (begin > first && is_name_char(text[begin - 1])) --begin;
  std::string_view name = text.substr(begin, end - begin);
  constexpr std::size_t escape = 3;  // "%26access_token": two digits belong to the escape
  if (begin > 0 && text[begin - 1] == '%' && name.size() >= escape) name.remove_prefix(escape - 1);
  return name;
}

// A URL parameter whose name is too general on its own.
bool is_parameter(std::string_view text, std::string_view name) {
  constexpr std::array names = {"code", "sid",       "session", "session_id", "sessionid",
                                "sig",  "signature", "key",     "assertion"};
  if (std::ranges::find(names, name) == names.end()) return false;
  const auto at = static_cast<std::size_t>(name.data() - text.data());
  return at > 0 && std::string_view("?&#").contains(text[at - 1]);
}

// The value of an HTML field whose other attributes name a secret.
bool is_field(std::string_view text, std::string_view name) {
  if (name != "value" && name != "content") return false;
  const auto at = static_cast<std::size_t>(name.data() - text.data());
  const std::size_t first = at - std::min(at, tag_max);
  std::string_view tag = text.substr(first, at - first);
  const std::size_t open = tag.rfind('<');
  if (open == tag.npos) return false;
  tag = text.substr(first + open, 2 * tag_max);
  tag = tag.substr(0, tag.find('>'));
  constexpr std::string_view attribute = "name=";
  const std::size_t named = tag.find(attribute);
  if (named == tag.npos) return false;
  std::size_t begin = named + attribute.size();
  while (begin < tag.size() && is_quote(tag[begin])) ++begin;
  std::size_t end = begin;
  while (end < tag.size() && is_name_char(tag[end])) ++end;
  return names_a_secret(tag.substr(begin, end - begin));
}

// The value that begins at `at`, or after the quotes there.
Assigned value_at(std::string_view text, std::size_t at) {
  const std::size_t last = std::min(text.size(), at + quotes_max);
  while (at < last && (is_quote(text[at]) || text[at] == ' ')) ++at;
  std::size_t end = at;
  while (end < text.size() && is_value_char(text[end]) && text.substr(end, 3) != "%26") ++end;
  return {at, end};
}

bool is_path(std::string_view value) { return value.starts_with('/') || value.starts_with('.'); }

}  // namespace

std::vector<Assigned> find_assigned(std::string_view text) {
  std::vector<Assigned> all;
  for (Sign sign = next_sign(text, 0); sign.begin != text.npos;) {
    const std::string_view name = name_before(text, sign.begin);
    Assigned value{sign.end, sign.end};
    if (names_a_secret(name) || is_parameter(text, name) || is_field(text, name))
      value = value_at(text, sign.end);
    const std::string_view written = text.substr(value.begin, value.end - value.begin);
    const bool found = looks_issued(written) && !is_path(written);
    if (found) all.push_back(value);
    sign = next_sign(text, found ? value.end : sign.end);
  }
  return all;
}

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
