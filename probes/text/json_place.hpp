#pragma once
#include <string>
#include <string_view>

namespace sonde::text {

// Where a text stops being valid JSON, with its surroundings: "byte 27, in `"ok","load":NaN}`", or
// "the end, behind `"cache"`". Only for texts without secrets. Pure.
std::string json_place(std::string_view text);

}  // namespace sonde::text
