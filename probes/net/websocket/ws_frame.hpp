#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "probes/core/reason.hpp"

namespace sonde::net {

// The frames of RFC 6455 section 5, as a client sends and receives them. Pure.

enum class Opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10
};

// A complete frame with this mask (section 5.3).
std::string make_frame(Opcode opcode, std::string_view payload, std::uint32_t mask);

// The content of a close frame (section 5.5.1); code 0: it has neither code nor reason.
struct CloseText {
  int code = 0;
  std::string_view reason;
};
std::string make_close(int code);
CloseText close_text(std::string_view payload);

// Extracts messages and control frames from the bytes of a connection. The caller stores bytes in
// `space()`, reports them with `received()`, and takes frames with `next()`.
class FrameReader {
 public:
  // A text or binary message, reassembled from its fragments, or a control frame.
  struct Heard {
    Opcode opcode;
    std::string payload;
    std::string fault = {};  // of a close frame: what is wrong with its payload; empty: valid
  };

  // `rest` are the first bytes; a message may have at most `message_max` bytes.
  FrameReader(std::string rest, std::size_t message_max);

  // Where to store the next bytes; never empty. Invalidated by `next`.
  std::span<char> space();
  void received(std::size_t bytes) { end_ += bytes; }
  // nullopt: more bytes are needed, or there is a failure; after a failure nothing more is
  // returned.
  std::optional<Heard> next();
  // No more bytes will come: judges bytes that could not be classified without more.
  void ended();
  // Whether the bytes so far end within a frame, or within a fragmented message.
  bool is_within() const { return in_frame_ || begin_ < end_ || message_of_.has_value(); }
  // protocol_error (also for text instead of frames), extension_fault (reserved bits), malformed
  // (text that is not UTF-8), message_too_big. The detail shows the bytes, or the code of a Close.
  const std::optional<Failure>& failure() const { return failure_; }

 private:
  std::string_view unread() const { return {buffer_.data() + begin_, end_ - begin_}; }
  bool begin_frame();
  bool is_right(Opcode opcode, bool fin, std::size_t size);
  bool fits(std::size_t size);
  void take_payload();
  std::optional<Heard> end_frame();
  bool fail(Reason reason, std::string detail);
  bool fail_frame(Reason reason, const std::string& what);

  std::size_t message_max_;
  std::string buffer_;  // unread from begin_ to end_
  std::size_t begin_ = 0, end_;
  bool in_frame_ = false, fin_ = true, ended_ = false;
  Opcode opcode_ = Opcode::text;      // of the current frame
  std::size_t left_ = 0;              // bytes of its payload that are missing
  std::optional<Opcode> message_of_;  // type of the message that has begun
  std::string message_, control_;
  std::optional<Failure> failure_;
};

}  // namespace sonde::net
