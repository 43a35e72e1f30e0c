#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace sonde::dialect {

// Whether a word continues before `at`, or after `end`. Underscores continue a word only if what is
// beyond them does: in "_726_" they are Markdown emphasis.
bool goes_on_before(std::string_view text, std::size_t at);
bool goes_on_behind(std::string_view text, std::size_t end);

// The text with ASCII digits in the place of those of any script (Unicode's Nd), an ASCII minus in
// the place of others, and commas in the place of what else groups digits in threes: a no-break or
// thin space, an apostrophe, LaTeX's {,} or \,.
std::string with_usual_digits(std::string_view text);

// Whether a number that stands in a text has the expected value. Where an integer is expected, dots
// may group it in threes: 2.394 is 2394, and neither 2 nor 394.
bool has_value(std::string_view number, std::string_view expected);

// The numbers that stand alone in a text, as written: "The answer is 2,146." has one, 2,146. What
// is part of a longer word or has a percent sign, and dates or versions with several dots, are
// none; a minus belongs to a number unless it follows a letter or a digit.
std::vector<std::string_view> numbers_in(std::string_view text);

}  // namespace sonde::dialect
