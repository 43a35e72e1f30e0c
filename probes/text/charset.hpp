#pragma once
#include <string>
#include <string_view>

namespace sonde::text {

// The charset parameter of a Content-Type; empty: none.
std::string charset_in(std::string_view content_type);

// The name of the encoding that browsers take for a label (WHATWG Encoding Standard section 4.2):
// "latin1" is "windows-1252". Empty: no encoding of the web.
std::string_view encoding_of(std::string_view label);

// The encoding of a page: by its byte order mark, the charset of the Content-Type, the <meta> in
// its first 1024 bytes; otherwise UTF-8. Pure.
std::string_view encoding_of_page(std::string_view content_type, std::string_view page);

// `bytes` in that encoding as UTF-8, without a byte order mark. What is not valid becomes U+FFFD.
// UTF-8 itself stays as it is.
std::string decoded(std::string_view bytes, std::string_view encoding);

// UTF-8 in that encoding; a character that it lacks becomes a decimal reference (&#8364;), as
// browsers send it in forms. UTF-16 becomes UTF-8, as in forms.
std::string encoded_for_form(std::string_view utf8, std::string_view encoding);

}  // namespace sonde::text
