#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace bench {

// A frame of a client (RFC 6455, 5.2), unmasked. No fragments: no peer here sends any.
struct Frame {
  unsigned opcode = 0;  // 1 text, 8 close, 9 ping
  std::string payload;
  std::size_t bytes = 0;  // that it took on the wire
};

// Nothing: the frame is not complete. At most 64 KB of payload; a longer one is a close.
std::optional<Frame> parse_frame(std::string_view bytes);

// A frame of a server; its payload has less than 64 KB.
std::string made_frame(unsigned opcode, std::string_view payload);

// The five events of a chat turn, the answer to "37 * 58" in the last one, as frames. What comes
// before a think time and what comes after it.
std::string first_events(std::string_view prompt);
std::string last_event(std::string_view prompt);
std::string ready_frame();

}  // namespace bench
