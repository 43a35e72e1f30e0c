#include "probes/text/utf8.hpp"

#include <cstring>

namespace sonde::text {
namespace {

bool between(std::string_view text, std::size_t at, unsigned low, unsigned high) {
  if (at >= text.size()) return false;
  const auto c = static_cast<unsigned char>(text[at]);
  return c >= low && c <= high;
}

// Number of leading ASCII bytes, tested in groups of eight.
std::size_t ascii_run(std::string_view text) {
  std::size_t at = 0;
  for (std::uint64_t word = 0; at + sizeof word <= text.size(); at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    if ((word & 0x8080808080808080U) != 0) break;
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at;
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  if (text.empty()) return 0;
  const auto c = static_cast<unsigned char>(text[0]);
  if (c < 0x80) return 1;
  if (c < 0xC2 || c > 0xF4) return 0;
  if (c < 0xE0) return between(text, 1, 0x80, 0xBF) ? 2 : 0;
  // The range of the second byte excludes overlong forms, surrogates and code points above
  // U+10FFFF.
  const unsigned low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
  const unsigned high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
  if (!between(text, 1, low, high) || !between(text, 2, 0x80, 0xBF)) return 0;
  if (c < 0xF0) return 3;
  return between(text, 3, 0x80, 0xBF) ? 4 : 0;
}

bool is_utf8(std::string_view text) {
  for (text.remove_prefix(ascii_run(text)); !text.empty(); text.remove_prefix(ascii_run(text))) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

namespace {

// How many bytes at the start of a text that is not UTF-8 begin one character that is cut short.
std::size_t broken_length(std::string_view text) {
  std::size_t length = 1;
  // A part is maximal if one more byte, whatever it were, could complete or continue it.
  const auto c = static_cast<unsigned char>(text[0]);
  if (c < 0xC2 || c > 0xF4) return length;
  const unsigned low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
  const unsigned high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
  if (c < 0xE0 || !between(text, 1, low, high)) return length;
  ++length;
  if (c >= 0xF0 && between(text, 2, 0x80, 0xBF)) ++length;
  return length;
}

}  // namespace

std::string utf8_decoded(std::string_view bytes) {
  if (bytes.starts_with(byte_order_mark)) bytes.remove_prefix(byte_order_mark.size());
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t length = utf8_length(bytes);
    out += length > 0 ? bytes.substr(0, length) : "\xEF\xBF\xBD";
    bytes.remove_prefix(length > 0 ? length : broken_length(bytes));
  }
  return out;
}

std::size_t utf8_count(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) {
    const std::size_t length = utf8_length(text);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return count;
}

std::string utf8_of(std::uint32_t code) {
  const auto tail = [code](int shift) {
    return static_cast<char>(0x80U | ((code >> shift) & 0x3FU));
  };
  if (code < 0x80) return {static_cast<char>(code)};
  if (code < 0x800) return {static_cast<char>(0xC0U | code >> 6), tail(0)};
  if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return "";
  if (code < 0x10000) return {static_cast<char>(0xE0U | code >> 12), tail(6), tail(0)};
  return {static_cast<char>(0xF0U | code >> 18), tail(12), tail(6), tail(0)};
}

std::string_view cut(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = 0;
  while (end < bytes_max) {
    const std::size_t length = utf8_length(text.substr(end));
    if (end + length > bytes_max) break;
    end += length == 0 ? 1 : length;
  }
  return text.substr(0, end);
}

std::string shorten(std::string_view text, std::size_t bytes_max) {
  const std::string_view kept = cut(text, bytes_max);
  return std::string(kept) + (kept.size() < text.size() ? "..." : "");
}

}  // namespace sonde::text
