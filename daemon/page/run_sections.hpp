#pragma once
#include <span>
#include <string>

#include "daemon/core/result.hpp"

namespace sonde::page {

// The sections of a run's page. Each is empty if the run has nothing of it.

std::string waterfall_section(const Result& run);
// The events that came, in the order of their time, and those that are missing, each where the
// order of `expected` wants it. Where some came in the wrong order, it says the expected one.
std::string event_lane(const Result& run, std::span<const std::string> expected);
std::string refusal_grid(const Result& run);
std::string experiment_section(const Result& run);
std::string exchange_section(const Result& run);
std::string frame_section(const Result& run);
std::string tls_section(const Result& run);
// What is different from a run that passed: phases, statuses, events.
std::string difference(const Result& run, const Result& passed);

}  // namespace sonde::page
