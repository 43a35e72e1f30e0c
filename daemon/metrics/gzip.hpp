#pragma once
#include <string>
#include <string_view>

namespace sonde::metrics {

// As RFC 1952 has it; quickly rather than small, since a page is made often and read once.
std::string gzipped(std::string_view text);

}  // namespace sonde::metrics
