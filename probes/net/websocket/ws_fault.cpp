#include "probes/net/websocket/ws_fault.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "probes/net/http/http_text.hpp"
#include "probes/net/websocket/ws_frame.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::net {
namespace {

constexpr std::size_t bytes_shown = 8;

bool is_printable(char c) { return c >= 0x20 && c < 0x7f; }

// Codes that are allowed in a close frame (section 7.4, and codes registered later).
bool is_close_code(int code) {
  if (code >= 3000 && code <= 4999) return true;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
}

// Whether these last bytes start a character that is incomplete.
bool is_cut_short(std::string_view bytes) {
  const auto first = static_cast<unsigned char>(bytes.front());
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || bytes.size() >= length) return false;
  return std::ranges::all_of(bytes.substr(1), [](char c) { return (c & 0xc0) == 0x80; });
}

std::string with_reason(std::string_view reason) {
  return reason.empty() ? "" : ": " + quoted(reason, 123);
}

}  // namespace

std::string shown_bytes(std::string_view bytes) {
  bytes = bytes.substr(0, bytes_shown);
  std::string digits, characters;
  for (const char c : bytes) {
    digits += fmt::format("{:02x} ", static_cast<unsigned char>(c));
    characters += is_printable(c) ? c : '.';
  }
  return digits + "|" + characters + "|";
}

// A server's frame never begins like a multi-byte character: the first byte would set reserved
// bits, and the second one the mask bit.
bool is_plain_text(std::string_view bytes) {
  while (!bytes.empty()) {
    const char c = bytes.front();
    const bool ascii = is_printable(c) || c == '\t' || c == '\r' || c == '\n';
    const std::size_t length = ascii ? 1 : text::utf8_length(bytes);
    if (length == 0) return is_cut_short(bytes);
    if (!ascii && length == 1) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

std::optional<std::string> close_fault(std::string_view payload) {
  if (payload.empty()) return std::nullopt;
  if (payload.size() == 1) return "a Close of one byte, which is no code";
  const CloseText close = close_text(payload);
  if (!is_close_code(close.code))
    return fmt::format("a Close with the code {}, which no server may send{}", close.code,
                       with_reason(close.reason));
  if (text::is_utf8(close.reason)) return std::nullopt;
  return fmt::format("a Close with the code {} and a reason that is not UTF-8{}", close.code,
                     with_reason(readable(close.reason)));
}

std::string_view readable(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size()) {
    const std::size_t length = text::utf8_length(text.substr(end));
    if (length == 0) break;
    end += length;
  }
  return text.substr(0, end);
}

}  // namespace sonde::net
