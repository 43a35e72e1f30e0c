#pragma once
#include <string_view>
#include <vector>

namespace sonde::dialect {

// Whether a word continues before `at`, or after `end`. Underscores continue a word only if what is
// beyond them does: in "_726_" they are Markdown emphasis.
bool goes_on_before(std::string_view text, std::size_t at);
bool goes_on_behind(std::string_view text, std::size_t end);

// The separate numbers in a text, as written: "The answer is 2,146." has one, 2,146. Not included:
// parts of longer words, numbers with a percent sign, and dates or versions with several dots. A
// minus belongs to a number unless it follows a letter or digit.
std::vector<std::string_view> numbers_in(std::string_view text);

}  // namespace sonde::dialect
