#pragma once
#include <string>
#include <string_view>

namespace sonde::text {

// Decodes the character references in a page's text (HTML section 13.2.5.72): numbers, and the
// names of HTML 4; anything else is unchanged. CR and CR LF become LF. At most `max` bytes. Linear
// time.
std::string html_unescape(std::string_view text, bool in_attribute, std::size_t max);

}  // namespace sonde::text
