#pragma once
#include <string>
#include <string_view>

namespace sonde::text {

// Where a body stops being valid JSON, with its surroundings: "byte 27, in `"ok","load":NaN}`", or
// "the end, behind `"cache"`". Only for texts without secrets. Pure.
std::string json_place(std::string_view body);

}  // namespace sonde::text
