#pragma once
#include <string_view>

namespace sonde::app {

// The commit of the build: "1f2e3d4c5b6a", with "-dirty" if sources differed from it; "unknown"
// outside a repository. A label of sonde_build_info.
extern const std::string_view revision;

}  // namespace sonde::app
