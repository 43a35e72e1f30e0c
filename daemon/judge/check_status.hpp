#pragma once
#include <string>
#include <string_view>

#include "daemon/core/result.hpp"
#include "daemon/core/view.hpp"

namespace sonde::judge {

// Updates the status of a check with a Result. A retry that passes ends a row of failures, because
// the user would have got through, but starts no row of passes. A run excluded by a maintenance
// counts neither as failed nor as passed.
void follow(CheckStatus& standing, const Result& result, bool excluded = false);

// State to keep across a restart: all but the certificates, which have a record of their own, and
// the checks that were not performed, which the next runs report again. One line of at most 500
// bytes.
std::string text_of(const CheckStatus& standing);
// Returns nullopt for a text that text_of() did not make.
std::optional<CheckStatus> standing_from(std::string_view text);

}  // namespace sonde::judge
