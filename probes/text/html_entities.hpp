#pragma once
#include <string>
#include <string_view>

namespace sonde::text {

// A text of a page with its character references decoded (HTML 13.2.5.72): numbers, and the names
// of HTML 4; what is none stays as it is written. CR and CR LF become LF. At most `max` bytes.
// Linear time.
std::string html_unescape(std::string_view text, bool in_attribute, std::size_t max);

}  // namespace sonde::text
