#pragma once
#include <string>
#include <string_view>

#include "probes/core/probe.hpp"

namespace sonde::schedule {

// What of failed refusal checks survives a restart: a line each, beside those of Diagnoses. Pure.
std::string text_of(const StandingRefusals& standing);
// Those among the lines of a text; at most 16.
StandingRefusals standing_refusals_in(std::string_view text);

}  // namespace sonde::schedule
