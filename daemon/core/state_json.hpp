#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/core/alert.hpp"
#include "probes/text/json.hpp"

namespace sonde::note {

// JSON encoding of alerts and related values for state records. Empty members are left out; a
// missing member, or one of another type, is read as its default.

// A member `"name":value,` (empty text for an empty value), and an object made of such members.
std::string part(std::string_view name, const std::string& value);
std::string text(std::string_view name, std::string_view value);
std::string flag(std::string_view name, bool on);
std::string time(std::string_view name, const std::optional<WallTime>& at);  // with milliseconds
std::string labels(std::string_view name, const Labels& all);
std::string object(std::string parts);
std::string write(const Alert& alert);

std::string text_of(text::Json json, std::string_view name);
bool flag_of(text::Json json, std::string_view name);
std::uint32_t number_of(text::Json json, std::string_view name, std::uint32_t max);
std::optional<WallTime> time_of(text::Json json, std::string_view name);
Labels labels_of(text::Json json, std::string_view name);
// Returns nullopt if the label `alertname` is missing.
std::optional<Alert> alert_of(text::Json json);

}  // namespace sonde::note
