#pragma once
#include <string>
#include <string_view>

#include "probes/core/probe.hpp"

namespace sonde::schedule {

// What of failed refusal checks survives a restart: a line each, beside those of Diagnoses, after
// one that says by a Check::refusal_fingerprint what they tried. Pure.
std::string text_of(const StandingRefusals& standing, std::string_view tried);
// Whether those among the lines of a text tried this; `tried` is not empty.
bool tries_same(std::string_view text, std::string_view tried);
// Those among the lines of a text; at most 16.
StandingRefusals standing_refusals_in(std::string_view text);

}  // namespace sonde::schedule
