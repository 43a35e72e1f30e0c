#pragma once
#include <string_view>
#include <vector>

namespace sonde::talk {

// The numbers that stand alone in a text, as written: "The answer is 2,146." has one, 2,146. What
// is glued to a letter, an underscore or a percent sign, and dates or versions with several dots,
// are none; a minus belongs to a number unless it follows a letter or a digit.
std::vector<std::string_view> numbers_in(std::string_view text);

}  // namespace sonde::talk
