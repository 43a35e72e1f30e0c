#pragma once
#include <string>
#include <string_view>

#include "probes/core/probe.hpp"

namespace sonde::schedule {

// Encodes failed refusal checks to keep across a restart: one line each, beside those of Diagnoses.
// Pure.
std::string text_of(const StandingRefusals& standing);
// Parses them from the lines of a text; at most 16.
StandingRefusals standing_refusals_in(std::string_view text);

}  // namespace sonde::schedule
