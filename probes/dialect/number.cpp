#include "probes/dialect/number.hpp"

#include "probes/text/ascii.hpp"
#include "probes/text/decimal.hpp"

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

}  // namespace

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
