#pragma once
#include <string_view>

namespace sonde::app {

// The commit that was built: "1f2e3d4c5b6a", with "-dirty" where sources differed from it;
// "unknown" outside of a repository. Label of sonde_build_info.
extern const std::string_view revision;

}  // namespace sonde::app
