#pragma once
#include <string_view>

namespace sonde::app {

// The commit that was built, "unknown" outside of a checkout.
#ifdef SONDE_REVISION
inline constexpr std::string_view revision = SONDE_REVISION;
#else
inline constexpr std::string_view revision = "unknown";
#endif

}  // namespace sonde::app
