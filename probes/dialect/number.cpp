#include "probes/dialect/number.hpp"

#include <algorithm>
#include <array>

#include "probes/text/ascii.hpp"
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

// Digits of the Arabic-Indic blocks (U+0660 and U+06F0) and their separators; 0: it is none of
// them.
char usual_digit(std::string_view text) {
  if (text.size() < 2) return 0;
  const auto second = static_cast<unsigned char>(text[1]);
  if (text[0] == '\xD9' && second >= 0xA0 && second <= 0xA9)
    return static_cast<char>('0' + (second - 0xA0));
  if (text[0] == '\xDB' && second >= 0xB0 && second <= 0xB9)
    return static_cast<char>('0' + (second - 0xB0));
  if (text[0] == '\xD9' && second == 0xAB) return '.';
  return text[0] == '\xD9' && second == 0xAC ? ',' : '\0';
}

std::string with_ascii_digits(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const char digit = usual_digit(text);
    out += digit != 0 ? digit : text.front();
    text.remove_prefix(digit != 0 ? 2 : 1);
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
