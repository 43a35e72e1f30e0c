#pragma once
#include <cstddef>
#include <string_view>

namespace sonde::isolation {

// Hashes by which messages of several sessions are compared. Pure.

// What a message says, but for numbers at the top of its JSON: servers number what they send to
// each session.
std::size_t content_of(std::string_view payload);

// What kind of message it is: of JSON its members and what names a type, but none of its values; of
// anything else its words without digits.
std::size_t shape_of(std::string_view payload);

}  // namespace sonde::isolation
