#pragma once
#include <string>
#include <string_view>

#include "daemon/core/result.hpp"
#include "daemon/core/view.hpp"

namespace sonde::judge {

// What a Result changes in what the last runs say. A retry that passes ends a row of failures, as
// the user had what he wanted, and starts no row of passes. A run that is excluded, because of a
// maintenance, neither fails nor passes.
void follow(CheckStatus& standing, const Result& result, bool excluded = false);

// What has to survive a restart: all but the certificates, which have a text of their own, and the
// checks that were not performed, which the next runs show again. A line of at most 500 bytes.
std::string text_of(const CheckStatus& standing);
// Nothing if the text is not one that text_of() made.
std::optional<CheckStatus> standing_from(std::string_view text);

}  // namespace sonde::judge
