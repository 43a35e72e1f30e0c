#include "probes/text/printable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "probes/text/code_points.hpp"

namespace sonde::text {
namespace {

// Characters of scripts and emoji that are invisible too: joiners, fillers, spaces, selectors.
bool is_ignored(char32_t code) {
  constexpr std::pair<char32_t, char32_t> ranges[] = {
      {0x34F, 0x34F},   {0x115F, 0x1160}, {0x17B4, 0x17B5},   {0x180B, 0x180F},
      {0x2065, 0x2065}, {0x2800, 0x2800}, {0x3164, 0x3164},   {0xFE00, 0xFE0F},
      {0xFFA0, 0xFFA0}, {0xFFFC, 0xFFFC}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}};
  return std::ranges::any_of(
      ranges, [code](const auto& range) { return code >= range.first && code <= range.second; });
}

// Selects how an emoji or sign is shown: as text or in colour. After a letter it is invisible.
bool selects_style(char32_t code, char32_t before) {
  return (code == 0xFE0E || code == 0xFE0F) && before >= 0x2000 && !deceives(before);
}

std::string escaped_ascii(char32_t code) {
  if (code == '\n') return "\\n";
  if (code == '\r') return "\\r";
  if (code == '\t') return "\\t";
  return fmt::format("\\x{:02x}", static_cast<unsigned>(code));
}

std::string shown(Rune rune, std::string_view bytes, bool unicode) {
  if (!rune.code) return fmt::format("\\x{:02x}", static_cast<unsigned char>(bytes[0]));
  if (*rune.code < 0x20 || *rune.code == 0x7F) return escaped_ascii(*rune.code);
  const bool plain = *rune.code < 0x80 || (unicode && !deceives(*rune.code));
  if (plain) return std::string(bytes);
  return fmt::format("\\u{{{:x}}}", static_cast<unsigned>(*rune.code));
}

}  // namespace

// Unicode's "default ignorable" and bidirectional controls, line separators and the byte order
// mark: with them a reader sees something other than what was sent.
bool deceives(char32_t code) {
  return is_ignored(code) || code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0xAD ||
         code == 0x61C || (code >= 0x200B && code <= 0x200F) ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) ||
         code == 0xFEFF || (code >= 0xFFF0 && code <= 0xFFFB) || code >= 0xE0000;
}

std::string printable(std::string_view text, bool unicode, std::size_t runes_max) {
  std::string line;
  char32_t before = 0;
  for (std::size_t count = 0; !text.empty(); ++count) {
    if (count == runes_max) return line + "...";
    const Rune rune = first_rune(text);
    const std::string_view bytes = text.substr(0, rune.bytes);
    const bool styles = unicode && rune.code && selects_style(*rune.code, before);
    line += styles ? std::string(bytes) : shown(rune, bytes, unicode);
    before = rune.code.value_or(0);
    text.remove_prefix(rune.bytes);
  }
  return line;
}

}  // namespace sonde::text
