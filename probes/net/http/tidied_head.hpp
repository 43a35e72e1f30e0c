#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sonde::net {

// Whether bytes may be the start of a header section that browsers accept.
bool may_begin_head(std::string_view bytes);

// Where a header section ends, as browsers see it: after the first empty line, whose line ends may
// be LF alone. Looks from the offset `from` on; npos: the end is not there yet.
std::size_t end_of_head(std::string_view bytes, std::size_t from);

// A complete header section, which browsers accept, as RFC 9112 wants it: CRLF as line ends, no
// empty lines before it, a status line with a version, one space and a reason, folded lines
// joined, no space before a colon. Lines that are no field (no colon, no name, a name that is no
// token) are left out, and Content-Length where the body is chunked (section 6.3). nullopt: it has
// no status line, or contains NUL or a CR within a line. Pure.
std::optional<std::string> tidied_head(std::string_view head);

// The padding behind the number in a chunk header at the start of `bytes` ("f  \r\n"), which
// browsers ignore. nullopt: there is none; empty: its end did not come yet.
std::optional<std::string_view> chunk_padding(std::string_view bytes);

}  // namespace sonde::net
