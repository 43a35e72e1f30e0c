#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "daemon/maintenance/downtime.hpp"

namespace sonde::maintenance {

// A downtime that comes once as the store keeps it, and back; nothing if it is not readable. The id
// stands beside it.
std::string text_of(const Downtime& downtime);
std::optional<Downtime> downtime_of(std::string_view text);

}  // namespace sonde::maintenance
