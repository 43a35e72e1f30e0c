#pragma once
#include <string>
#include <string_view>

namespace sonde::text {

// The surroundings of the place where a text stops being valid JSON: "in `"ok","load":NaN}`", or at
// its end "behind `"cache"`". Only for texts without secrets. Pure.
std::string json_place(std::string_view text);

}  // namespace sonde::text
