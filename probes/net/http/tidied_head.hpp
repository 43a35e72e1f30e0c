#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sonde::net {

// Whether bytes may be the start of a header section that browsers accept, "HTTP/2.0 200" included.
bool may_begin_head(std::string_view bytes);

// Where a header section ends, as browsers see it: after the first empty line, whose line ends may
// be LF alone. Looks from the offset `from` on; npos: the end is not there yet.
std::size_t end_of_head(std::string_view bytes, std::size_t from);

// A complete header section, which browsers accept, as RFC 9112 wants it: CRLF as line ends, no
// empty lines before it, a status line with a version, one space and a reason, folded lines
// joined, no space before a colon. Lines that are no field (no colon, no name, a name that is no
// token) are left out, and so are a Set-Cookie with control characters, which are blanks in other
// fields, and Content-Length where the body is chunked (section 6.3), which is said once. nullopt:
// it has no status line, or contains NUL or a CR within a line. Pure.
std::optional<std::string> tidied_head(std::string_view head);

// What stands before a chunk or after the last one, as RFC 9112 section 7.1 wants it.
struct ChunkHead {
  std::size_t bytes = 0;  // how many it stands for; 0: its end did not come yet
  std::string tidied = {};
};
// The chunk header at the start of `bytes`, after the line end of the chunk before it, where it is
// written in a way that browsers accept: with padding behind the number, or with LF alone as a line
// end. The last one includes the trailers, which are left out. A line that is no chunk header stays
// as it is. nullopt: it needs no change. Pure.
std::optional<ChunkHead> tidied_chunk_head(std::string_view bytes);

}  // namespace sonde::net
