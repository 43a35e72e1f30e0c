#pragma once
#include <string>
#include <string_view>

#include "probes/core/trace.hpp"

namespace sonde::net {

// The small words of HTTP's grammar (RFC 9110 section 5), all pure.

// Equal but for ASCII case, as header names and most tokens are compared.
bool same_word(std::string_view a, std::string_view b);

// `text` without the spaces and tabs around it.
std::string_view trimmed(std::string_view text);

// A comma-separated list (`Connection`, `Upgrade`) that holds `token`, whatever its case.
bool lists(std::string_view value, std::string_view token);

// One or more tchar: a method, a header name, a subprotocol.
bool is_token(std::string_view text);

// Free of CR, LF, NUL and other control characters that would end a header early.
bool is_field_value(std::string_view text);

// The first value of a header, by case-insensitive name; null if there is none.
const std::string* find_header(const Headers& headers, std::string_view name);

// The start of what a peer sent, for people: printable ASCII in quotes, the rest as \xNN.
std::string quoted(std::string_view bytes, std::size_t bytes_max = 32);

}  // namespace sonde::net
