#pragma once
#include <expected>
#include <string>
#include <string_view>

#include "daemon/core/result.hpp"

namespace sonde {

// The Result of a run from its transcript, one JSON object as as_json() makes it: what reports draw
// of it. Its check has name, kind and target only. What is missing or of another type is left
// empty; the error says why the text is no transcript: it is not JSON, or lacks a probe or a
// verdict that this version knows. The text may come from anywhere. Pure.
std::expected<Result, std::string> result_from_json(std::string_view json);

}  // namespace sonde
