#pragma once
#include <string>
#include <string_view>

#include "probes/core/trace.hpp"
#include "probes/text/ascii.hpp"

namespace sonde::net {

// Basic rules of HTTP's grammar (RFC 9110 section 5). Pure.

// Equal regardless of ASCII case, as header names and most tokens are compared.
using text::same_word;

// `text` without surrounding spaces and tabs.
std::string_view trimmed(std::string_view text);

// Whether a comma-separated list (`Connection`, `Upgrade`) contains `token`, in any case.
bool lists(std::string_view value, std::string_view token);

// Whether it is one or more tchar: a method, a header name, a subprotocol.
bool is_token(std::string_view text);

// The media type of a Content-Type in lower case, without its parameters: "text/html" (WHATWG MIME
// Sniffing section 4.4). Empty: it is none.
std::string media_type(std::string_view content_type);

// Whether it has no CR, LF, NUL or other control characters, which would end a header early.
bool is_field_value(std::string_view text);

// The first value of a header, by case-insensitive name; null if there is none.
const std::string* find_header(const Headers& headers, std::string_view name);

// The start of what a peer sent, for people: printable ASCII in quotes, other bytes as \xNN.
std::string quoted(std::string_view bytes, std::size_t bytes_max = 32);

}  // namespace sonde::net
