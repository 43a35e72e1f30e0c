#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "daemon/maintenance/downtime.hpp"

namespace sonde::maintenance {

// Encodes a downtime without recurrence for the store, and decodes it; nullopt if the text is
// invalid. The id is stored separately.
std::string text_of(const Downtime& downtime);
std::optional<Downtime> downtime_of(std::string_view text);

}  // namespace sonde::maintenance
