#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "probes/core/reason.hpp"

namespace sonde::net {

// The frames of RFC 6455 section 5, as a client sends and hears them. Pure.

enum class Opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10
};

// A whole frame with this mask (5.3).
std::string make_frame(Opcode opcode, std::string_view payload, std::uint32_t mask);

// What stands in a close frame (5.5.1); code 0: none, and no reason.
struct CloseText {
  int code = 0;
  std::string_view reason;
};
std::string make_close(int code);
CloseText close_text(std::string_view payload);

// Messages and control frames out of the bytes of a connection. Bytes are received into `space()`,
// told by `received()`, and taken as frames by `next()`.
class FrameReader {
 public:
  // A text or binary message, its fragments put together, or a control frame.
  struct Heard {
    Opcode opcode;
    std::string payload;
    std::string fault = {};  // of a close frame: what is wrong with its payload; empty: nothing
  };

  // `rest` came before; a message has at most so many bytes.
  FrameReader(std::string rest, std::size_t message_max);

  // Where the next bytes go; never empty. Invalidated by `next`.
  std::span<char> space();
  void received(std::size_t bytes) { end_ += bytes; }
  // Nothing: more bytes have to come, or there is a failure, after which nothing comes.
  std::optional<Heard> next();
  // No more bytes will come: judges what waited for more to be told apart.
  void ended();
  // Whether the bytes so far end within a frame, or within a message of several.
  bool is_within() const { return in_frame_ || begin_ < end_ || message_of_.has_value(); }
  // protocol_error (also text instead of frames), extension_fault (reserved bits), malformed (a
  // text is not UTF-8), message_too_big. The detail shows the bytes, or the code of a Close.
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
  Opcode opcode_ = Opcode::text;      // of the frame
  std::size_t left_ = 0;              // of its payload
  std::optional<Opcode> message_of_;  // kind of the message that was begun
  std::string message_, control_;
  std::optional<Failure> failure_;
};

}  // namespace sonde::net
