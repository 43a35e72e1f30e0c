#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/core/alert.hpp"
#include "probes/text/json.hpp"

namespace sonde::note {

// How alerts and what goes with them are written into notes: JSON objects without what is empty.
// What is missing, or is something else, is read as if it had never been written.

// `"name":value,` of what is there; an object of such parts.
std::string part(std::string_view name, const std::string& value);
std::string text(std::string_view name, std::string_view value);
std::string flag(std::string_view name, bool on);
std::string time(std::string_view name, const std::optional<WallTime>& at);  // to the millisecond
std::string labels(std::string_view name, const Labels& all);
std::string object(std::string parts);
std::string write(const Alert& alert);

std::string text_of(text::Json json, std::string_view name);
bool flag_of(text::Json json, std::string_view name);
std::uint32_t number_of(text::Json json, std::string_view name, std::uint32_t max);
std::optional<WallTime> time_of(text::Json json, std::string_view name);
Labels labels_of(text::Json json, std::string_view name);
// Nothing: it is none, for it has no name.
std::optional<Alert> alert_of(text::Json json);

}  // namespace sonde::note
