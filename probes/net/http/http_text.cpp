#include "probes/net/http/http_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "probes/text/ascii.hpp"

namespace sonde::net {
namespace {

bool is_tchar(char c) {
  if (text::is_digit(c) || text::is_letter(c)) return true;
  return c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool lists(std::string_view value, std::string_view token) {
  while (!value.empty()) {
    const auto comma = std::min(value.find(','), value.size());
    if (same_word(trimmed(value.substr(0, comma)), token)) return true;
    value.remove_prefix(std::min(comma + 1, value.size()));
  }
  return false;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_tchar);
}

std::string media_type(std::string_view content_type) {
  const std::string_view all = trimmed(content_type.substr(0, content_type.find(';')));
  const auto slash = std::min(all.find('/'), all.size());
  const bool valid =
      is_token(all.substr(0, slash)) && is_token(all.substr(std::min(slash + 1, all.size())));
  return valid ? text::lowered(all) : "";
}

// Without an early exit, so that the compiler can vectorize: tokens are long.
bool is_field_value(std::string_view text) {
  bool control = false;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    control |= (code < 0x20 && c != '\t') || code == 0x7f;
  }
  return !control;
}

const std::string* find_header(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (same_word(key, name)) return &value;
  }
  return nullptr;
}

std::string quoted(std::string_view bytes, std::size_t bytes_max) {
  std::string text = "\"";
  for (const char c : bytes.substr(0, bytes_max)) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      text += '\\';
      text += c;
    } else if (code >= 0x20 && code < 0x7f) {
      text += c;
    } else {
      fmt::format_to(std::back_inserter(text), "\\x{:02x}", code);
    }
  }
  text += bytes.size() > bytes_max ? "\"..." : "\"";
  return text;
}

}  // namespace sonde::net
