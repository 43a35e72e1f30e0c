#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sonde::config {

// How numbers and sizes are written; to_json writes these without quotes.

// A JSON number: no leading zero, no plus sign, no inf.
bool is_number(std::string_view text);

std::optional<std::int64_t> parse_integer(std::string_view text);  // a number without . and e
std::optional<double> parse_number(std::string_view text);

// 512, 64KB, 1MB, 2GB; a KB is 1024 bytes.
std::optional<std::size_t> parse_bytes(std::string_view text);

}  // namespace sonde::config
