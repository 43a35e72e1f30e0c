#pragma once
#include <string_view>

namespace sonde::net {

// Has to equal the version in CMakeLists.txt; sent as `User-Agent: sonde/<version>`.
inline constexpr std::string_view version = "0.1.0";

}  // namespace sonde::net
