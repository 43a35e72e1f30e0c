#include "probes/text/wire.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "probes/text/utf8.hpp"

namespace sonde::text {
namespace {

constexpr std::string_view blanks = " \t\r\n";

constexpr std::pair<char, std::string_view> entities[] = {
    {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&apos;"}};

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

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

std::expected<std::string, std::string> from_hex(std::string_view digits) {
  std::string out;
  int high = -1;
  for (const char c : digits) {
    if (blanks.find(c) != std::string_view::npos) continue;
    const int digit = digit_of(c);
    if (digit < 0) return std::unexpected("not hex: a character outside of 0-9 a-f");
    if (high >= 0) out += static_cast<char>(high * 16 + digit);
    high = high >= 0 ? -1 : digit;
  }
  if (high >= 0) return std::unexpected("not hex: a digit is missing");
  return out;
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

std::string xml_escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    std::string_view written(&c, 1);
    for (const auto& [character, known] : entities)
      if (character == c) written = known;
    out += written;
  }
  return out;
}

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

}  // namespace sonde::text
