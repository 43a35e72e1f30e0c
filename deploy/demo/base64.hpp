#pragma once
#include <optional>
#include <string>

namespace sonde::demo {

// RFC 4648 section 5, without padding. Decoding takes both alphabets and padding too.
std::string base64url(std::string_view bytes);
std::optional<std::string> unbase64(std::string_view text);

}  // namespace sonde::demo
