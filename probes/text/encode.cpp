#include "probes/text/encode.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <utility>

#include "probes/text/ascii.hpp"
#include "probes/text/template.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::text {
namespace {

constexpr std::string_view standard =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_safe =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

unsigned byte_at(std::string_view bytes, std::size_t at) {
  return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
}

std::string encode(std::string_view bytes, std::string_view alphabet) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const unsigned group =
        byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8 | byte_at(bytes, i + 2);
    const std::size_t digits = bytes.size() - i >= 3 ? 4 : bytes.size() - i + 1;
    for (std::size_t d = 0; d < digits; ++d) out += alphabet[(group >> (18 - 6 * d)) & 63];
  }
  return out;
}

constexpr std::pair<char, std::string_view> entities[] = {
    {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&apos;"}};

// "#60" and "#x3C"; nullopt: it is not a character.
std::optional<std::string> numbered(std::string_view name) {
  if (!name.starts_with('#')) return std::nullopt;
  name.remove_prefix(1);
  const bool hexadecimal = name.starts_with('x');
  if (hexadecimal) name.remove_prefix(1);
  std::uint32_t code = 0;
  const char* const end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data(), end, code, hexadecimal ? 16 : 10);
  if (error != std::errc{} || stop != end || name.empty()) return std::nullopt;
  std::string character = utf8_of(code);
  return character.empty() ? std::nullopt : std::optional(std::move(character));
}

std::optional<std::string> entity(std::string_view written) {
  for (const auto& [character, known] : entities)
    if (known == written) return std::string(1, character);
  return numbered(written.substr(1, written.size() - 2));
}

}  // namespace

std::string base64(std::string_view bytes) {
  std::string out = encode(bytes, standard);
  out.append((4 - out.size() % 4) % 4, '=');
  return out;
}

std::string base64url(std::string_view bytes) { return encode(bytes, url_safe); }

std::expected<std::string, std::string> from_base64url(std::string_view text) {
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::unexpected("not base64url: a character is missing");
  std::string out;
  unsigned group = 0;
  int bits = 0;
  for (const char c : text) {
    const auto digit = url_safe.find(c);
    if (digit == std::string_view::npos)
      return std::unexpected("not base64url: a character outside of A-Z a-z 0-9 - _");
    group = (group << 6 | static_cast<unsigned>(digit)) & 0xFFFF;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out += static_cast<char>(group >> bits & 0xFF);
  }
  return out;
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    out += digits[byte_at(bytes, i) >> 4];
    out += digits[byte_at(bytes, i) & 15];
  }
  return out;
}

std::expected<std::string, std::string> from_hex(std::string_view digits) {
  std::string out;
  int high = -1;
  for (const char c : digits) {
    if (is_blank(c)) continue;
    const int digit = hex_value(c);
    if (digit < 0) return std::unexpected("not hex: a character outside of 0-9 a-f");
    if (high >= 0) out += static_cast<char>(high * 16 + digit);
    high = high >= 0 ? -1 : digit;
  }
  if (high >= 0) return std::unexpected("not hex: a digit is missing");
  return out;
}

std::string percent_encode(std::string_view bytes, const std::function<bool(char)>& keeps) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : bytes) {
    if (keeps(c)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return out;
}

std::string percent_encode(std::string_view bytes) {
  return percent_encode(bytes, [](char c) {
    return is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
  });
}

std::string percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool room = text[i] == '%' && text.size() - i > 2;
    const int high = room ? hex_value(text[i + 1]) : -1, low = room ? hex_value(text[i + 2]) : -1;
    const bool escape = high >= 0 && low >= 0;
    out += escape ? static_cast<char>(high * 16 + low) : text[i];
    if (escape) i += 2;
  }
  return out;
}

namespace {

std::string form_decode(std::string_view text) {
  std::string plain(text);
  std::ranges::replace(plain, '+', ' ');
  return percent_decode(plain);
}

}  // namespace

Parameters read_parameters(std::string_view encoded) {
  Parameters all;
  while (!encoded.empty()) {
    const std::string_view pair = encoded.substr(0, encoded.find('&'));
    encoded.remove_prefix(std::min(encoded.size(), pair.size() + 1));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    all.emplace(form_decode(pair.substr(0, equals)),
                form_decode(pair.substr(std::min(equals + 1, pair.size()))));
  }
  return all;
}

std::optional<std::string> parameter(std::string_view encoded, std::string_view name) {
  const Parameters all = read_parameters(encoded);
  const auto found = all.find(name);
  return found == all.end() ? std::nullopt : std::optional(found->second);
}

std::string len16(std::string_view bytes) {
  bytes = bytes.substr(0, 0xFFFF);
  std::string out{static_cast<char>(bytes.size() >> 8), static_cast<char>(bytes.size() & 0xFF)};
  return out.append(bytes);
}

std::string varint(std::string_view bytes) {
  bytes = bytes.substr(0, (1U << 28) - 1);
  std::string out;
  std::size_t left = bytes.size();
  do {
    out += static_cast<char>((left & 0x7F) | (left > 0x7F ? 0x80 : 0));
    left >>= 7;
  } while (left > 0);
  return out.append(bytes);
}

std::string markup_escape(std::string_view text, std::string_view which) {
  std::string out;
  for (const char c : text) {
    std::string_view written(&c, 1);
    if (which.contains(c))
      for (const auto& [character, known] : entities)
        if (character == c) written = known;
    out += written;
  }
  return out;
}

std::string xml_escape(std::string_view text) { return markup_escape(text, "&<>\"'"); }

std::string xml_unescape(std::string_view text) {
  constexpr std::size_t entity_max = 10;  // "&#x10FFFF;"
  std::string out;
  while (!text.empty()) {
    const auto end = text[0] == '&' ? text.substr(0, entity_max).find(';') : text.npos;
    const auto known = end == text.npos ? std::nullopt : entity(text.substr(0, end + 1));
    out += known ? std::string_view(*known) : text.substr(0, 1);
    text.remove_prefix(known ? end + 1 : 1);
  }
  return out;
}

std::string sha256(std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  // Fails only without memory, or if the library has lost its algorithms.
  if (EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha256(), nullptr) != 1)
    std::abort();
  return hex({reinterpret_cast<const char*>(digest), size});
}

}  // namespace sonde::text
