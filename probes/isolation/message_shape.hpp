#pragma once
#include <cstddef>
#include <string_view>

namespace sonde::isolation {

// Hashes to compare messages of several sessions. Pure.

// The content of a message without the numbers at the top of its JSON, because servers number the
// messages of each session.
std::size_t content_of(std::string_view payload);

// The kind of a message: for JSON the names of its members and the values that name a type; for
// anything else its words without digits.
std::size_t shape_of(std::string_view payload);

}  // namespace sonde::isolation
