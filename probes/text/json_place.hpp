#pragma once
#include <string>
#include <string_view>

namespace sonde::text {

// Where a text that is not JSON stops being JSON, with what stands around it: "byte 27, in
// `"ok","load":NaN}`", or "the end, behind `"cache"`". For texts that hold no secret. Pure.
std::string json_place(std::string_view text);

}  // namespace sonde::text
