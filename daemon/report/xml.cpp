#include <fmt/format.h>

#include "daemon/report/junit.hpp"
#include "probes/text/code_points.hpp"
#include "probes/text/printable.hpp"

namespace sonde::report {
namespace {

// XML 1.0, production 2 (Char), less what deceives a reader.
bool xml_carries(char32_t code) {
  return !text::deceives(code) && code != 0xFFFE && code != 0xFFFF;
}

std::string escaped(char32_t code, std::string_view bytes, bool attribute) {
  switch (code) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return attribute ? "&quot;" : "\"";
    case '\r':
      return "&#13;";
    case '\n':
      return attribute ? "&#10;" : "\n";
    case '\t':
      return attribute ? "&#9;" : "\t";
    default:
      break;
  }
  if (xml_carries(code)) return std::string(bytes);
  return fmt::format("\\x{:02x}", static_cast<unsigned>(code));
}

std::string xml_escape(std::string_view text, bool attribute) {
  std::string all;
  while (!text.empty()) {
    const text::Rune rune = text::first_rune(text);
    all += rune.code ? escaped(*rune.code, text.substr(0, rune.bytes), attribute) : "\uFFFD";
    text.remove_prefix(rune.bytes);
  }
  return all;
}

}  // namespace

std::string xml_attribute(std::string_view text) { return xml_escape(text, true); }
std::string xml_text(std::string_view text) { return xml_escape(text, false); }

}  // namespace sonde::report
