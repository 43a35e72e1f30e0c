#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "daemon/core/view.hpp"

namespace sonde::alert {

// A record of the history as the store has it, in JSON. Pure.
std::string note_of(const AlertRecord& record);
// nullopt: the text is not of this kind.
std::optional<AlertRecord> record_of(std::string_view note);

}  // namespace sonde::alert
