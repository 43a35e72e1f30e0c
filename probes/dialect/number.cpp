#include "probes/dialect/number.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "probes/text/ascii.hpp"
#include "probes/text/code_points.hpp"
#include "probes/text/decimal.hpp"
#include "probes/text/match.hpp"

namespace sonde::dialect {
namespace {

// The end of a run of digits with single commas and dots between them.
std::size_t run_end(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const bool between = (text[at] == ',' || text[at] == '.') && at + 1 < text.size() &&
                         text::is_digit(text[at + 1]);
    if (!text::is_digit(text[at]) && !between) break;
    ++at;
  }
  return at;
}

// Underscores around a word are Markdown emphasis; within a word they belong to it.
bool is_part_of_word(char c) { return text::is_word(c) && c != '_'; }

// In "-5" after nothing, a space or a bracket it is a sign; in "37-58" and "answer-5" it is a dash.
bool has_sign(std::string_view text, std::size_t at) {
  if (at == 0 || text[at - 1] != '-') return false;
  return !goes_on_before(text, at - 1);
}

// ".5" is a fraction; in "is 5...6" or "answer.5" the dot is punctuation.
bool has_point(std::string_view text, std::size_t at) {
  if (at == 0 || text[at - 1] != '.') return false;
  return at == 1 || (!goes_on_before(text, at - 1) && text[at - 2] != '.');
}

// The zeros of Unicode 14's decimal digits (general category Nd) beyond ASCII; the nine others of
// each script follow its zero.
constexpr std::array<char32_t, 65> zeros = {
    0x660,   0x6F0,   0x7C0,   0x966,   0x9E6,   0xA66,   0xAE6,   0xB66,   0xBE6,   0xC66,
    0xCE6,   0xD66,   0xDE6,   0xE50,   0xED0,   0xF20,   0x1040,  0x1090,  0x17E0,  0x1810,
    0x1946,  0x19D0,  0x1A80,  0x1A90,  0x1B50,  0x1BB0,  0x1C40,  0x1C50,  0xA620,  0xA8D0,
    0xA900,  0xA9D0,  0xA9F0,  0xAA50,  0xABF0,  0xFF10,  0x104A0, 0x10D30, 0x11066, 0x110F0,
    0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950,
    0x11C50, 0x11D50, 0x11DA0, 0x16A60, 0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC,
    0x1D7F6, 0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0};

// The ASCII character for a digit of any script, for Arabic separators, a full-width point and
// the minus signs beyond ASCII; 0: it is none of them.
char usual_digit(char32_t code) {
  if (code < zeros.front()) return '\0';
  const auto above = std::ranges::upper_bound(zeros, code);
  const char32_t digit = code - *std::prev(above);
  if (digit < 10) return static_cast<char>('0' + digit);
  if (code == 0x66B || code == 0xFF0E) return '.';
  if (code == 0x2212 || code == 0xFF0D) return '-';
  return code == 0x66C ? ',' : '\0';
}

std::string with_ascii_digits(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const text::Rune rune = text::first_rune(text);
    const char digit = rune.code ? usual_digit(*rune.code) : '\0';
    if (digit != 0)
      out += digit;
    else
      out += text.substr(0, rune.bytes);
    text.remove_prefix(rune.bytes);
  }
  return out;
}

// How long the separator of groups at the start of a text is; 0: there is none.
std::size_t separator_size(std::string_view text) {
  static constexpr std::array<std::string_view, 8> separators = {
      "\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x89", "'", "\xE2\x80\x99", "{,}", "\\,", ","};
  for (const std::string_view one : separators)
    if (text.starts_with(one)) return one.size();
  return 0;
}

std::size_t digits_at(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size() && text::is_digit(text[count])) ++count;
  return count;
}

bool is_grouped_by_dots(std::string_view number) {
  const std::size_t first = digits_at(number);
  if (first == 0 || first > 3 || number.front() == '0') return false;
  number.remove_prefix(first);
  if (number.empty()) return false;
  for (; !number.empty(); number.remove_prefix(4))
    if (number.front() != '.' || digits_at(number.substr(1)) != 3) return false;
  return true;
}

}  // namespace

std::string with_usual_digits(std::string_view text) {
  const std::string usual = with_ascii_digits(text);
  std::string out;
  out.reserve(usual.size());
  std::string_view rest = usual;
  while (!rest.empty()) {
    const std::size_t first = digits_at(rest);
    const std::size_t taken = first != 0 ? first : 1;
    out += rest.substr(0, taken);
    rest.remove_prefix(taken);
    if (first == 0 || first > 3) continue;
    for (std::size_t size = separator_size(rest); size > 0 && digits_at(rest.substr(size)) == 3;
         size = separator_size(rest)) {
      out += ',';
      out += rest.substr(size, 3);
      rest.remove_prefix(size + 3);
    }
  }
  return out;
}

bool has_value(std::string_view number, std::string_view expected) {
  if (text::same_value(number, expected)) return true;
  const bool negative = number.starts_with('-');
  if (expected.find('.') != expected.npos || !is_grouped_by_dots(number.substr(negative ? 1 : 0)))
    return false;
  std::string whole(number);
  std::erase(whole, '.');
  return text::same_value(whole, expected);
}

bool goes_on_before(std::string_view text, std::size_t at) {
  const auto other = text.substr(0, at).find_last_not_of('_');
  return other != text.npos && is_part_of_word(text[other]);
}

bool goes_on_behind(std::string_view text, std::size_t end) {
  const auto other = text.find_first_not_of('_', end);
  return other != text.npos && is_part_of_word(text[other]);
}

std::vector<std::string_view> numbers_in(std::string_view text) {
  std::vector<std::string_view> all;
  std::size_t at = 0;
  while (at < text.size()) {
    if (!text::is_digit(text[at])) {
      ++at;
      continue;
    }
    const std::size_t end = run_end(text, at);
    const bool glued = goes_on_before(text, at) || has_point(text, at) ||
                       goes_on_behind(text, end) || (end < text.size() && text[end] == '%');
    const std::size_t start = has_sign(text, at) ? at - 1 : at;
    const std::string_view number = text.substr(start, end - start);
    if (!glued && text::parse_decimal(number)) all.push_back(number);
    at = end;
    while (at < text.size() && text::is_word(text[at])) ++at;  // the rest of "12th3"
  }
  return all;
}

}  // namespace sonde::dialect
