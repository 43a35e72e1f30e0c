#pragma once
#include <string>
#include <string_view>

namespace sonde::metrics {

// Compresses (RFC 1952), optimized for speed, because a page is made often and read once.
std::string gzipped(std::string_view text);

}  // namespace sonde::metrics
