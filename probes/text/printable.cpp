#include "probes/text/printable.hpp"

#include <fmt/format.h>

#include "probes/text/runes.hpp"

namespace sonde::text {
namespace {

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
// mark: they make a reader see something else than what was sent.
bool deceives(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0xAD || code == 0x61C ||
         (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF ||
         (code >= 0xFFF0 && code <= 0xFFFB) || code >= 0xE0000;
}

std::string printable(std::string_view text, bool unicode, std::size_t runes_max) {
  std::string line;
  for (std::size_t count = 0; !text.empty(); ++count) {
    if (count == runes_max) return line + "...";
    const Rune rune = first_rune(text);
    line += shown(rune, text.substr(0, rune.bytes), unicode);
    text.remove_prefix(rune.bytes);
  }
  return line;
}

}  // namespace sonde::text
