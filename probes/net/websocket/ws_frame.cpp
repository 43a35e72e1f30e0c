#include "probes/net/websocket/ws_frame.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "probes/net/http/http_text.hpp"
#include "probes/net/websocket/ws_fault.hpp"
#include "probes/text/json.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::net {
namespace {

constexpr std::size_t room_least = 512;  // buffer of an idle session
constexpr std::size_t room_most = std::size_t{16} * 1024;
constexpr std::size_t head_most = 9;  // of an incomplete frame
constexpr std::size_t control_max = 125;
constexpr std::size_t text_least = 8;  // bytes needed to distinguish text from a frame
constexpr std::size_t text_most = 120;

unsigned byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

std::uint64_t number(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) value = value << 8 | byte_at(bytes, i);
  return value;
}

void append_number(std::string& out, std::uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i) & 0xff);
}

bool is_control(Opcode opcode) { return (static_cast<unsigned>(opcode) & 8U) != 0; }

// Reserved: 3 to 7 and 11 to 15 (5.2).
bool is_known(unsigned opcode) { return opcode <= 2 || (opcode >= 8 && opcode <= 10); }

}  // namespace

std::string make_frame(Opcode opcode, std::string_view payload, std::uint32_t mask) {
  constexpr char fin = '\x80', masked = '\x80';
  const std::size_t size = payload.size();
  const int width = size < 126 ? 0 : size < 65536 ? 2 : 8;
  std::string bytes;
  bytes.reserve(14 + size);
  bytes += static_cast<char>(fin | static_cast<char>(opcode));
  bytes += static_cast<char>(masked | static_cast<char>(width == 0   ? size
                                                        : width == 2 ? 126
                                                                     : 127));
  append_number(bytes, size, width);
  append_number(bytes, mask, 4);
  const std::array<char, 4> key{bytes[bytes.size() - 4], bytes[bytes.size() - 3],
                                bytes[bytes.size() - 2], bytes[bytes.size() - 1]};
  const std::size_t start = bytes.size();
  bytes += payload;
  for (std::size_t i = 0; i < size; ++i)
    bytes[start + i] = static_cast<char>(bytes[start + i] ^ key[i % 4]);
  return bytes;
}

std::string make_close(int code) {
  std::string payload;
  if (code != 0) append_number(payload, static_cast<std::uint64_t>(code), 2);
  return payload;
}

CloseText close_text(std::string_view payload) {
  if (payload.size() < 2) return {};
  return {static_cast<int>(number(payload.substr(0, 2))), payload.substr(2)};
}

FrameReader::FrameReader(std::string rest, std::size_t message_max)
    : message_max_(message_max), buffer_(std::move(rest)), end_(buffer_.size()) {}

std::span<char> FrameReader::space() {
  buffer_.erase(0, begin_);
  end_ -= std::exchange(begin_, 0);
  const std::size_t kept = end_ > head_most ? end_ : 0;
  buffer_.resize(kept + std::clamp(left_, room_least, room_most));
  if (buffer_.capacity() > 2 * buffer_.size()) buffer_.shrink_to_fit();
  return std::span(buffer_).subspan(end_);
}

std::optional<FrameReader::Heard> FrameReader::next() {
  while (!failure_) {
    if (!in_frame_ && !begin_frame()) return std::nullopt;
    take_payload();
    if (left_ > 0) return std::nullopt;
    in_frame_ = false;
    if (auto heard = end_frame()) return heard;
  }
  return std::nullopt;
}

// False: its header is incomplete or invalid.
bool FrameReader::begin_frame() {
  const auto bytes = unread();
  if (bytes.size() < 2) return false;
  const unsigned first = byte_at(bytes, 0), second = byte_at(bytes, 1);
  if ((first & 0x70) != 0)
    return fail_frame(Reason::extension_fault,
                      "a frame has reserved bits set, and no extension was negotiated");
  if (!is_known(first & 15))
    return fail_frame(Reason::protocol_error,
                      fmt::format("a frame has the reserved opcode {}", first & 15));
  if ((second & 0x80) != 0)
    return fail_frame(Reason::protocol_error, "a frame of the server is masked");
  const unsigned length = second & 0x7f;
  const std::size_t width = length < 126 ? 0 : length == 126 ? 2 : 8;
  const auto opcode = static_cast<Opcode>(first & 15);
  const bool fin = (first & 0x80) != 0;
  if (!is_right(opcode, fin, length)) return false;
  if (bytes.size() < 2 + width) return false;
  const std::uint64_t size = width == 0 ? length : number(bytes.substr(2, width));
  if (size >> 63 != 0)
    return fail_frame(Reason::protocol_error, "the length of a frame has its top bit set");
  if (width > 0 && size < (width == 2 ? 126U : 65536U))
    return fail_frame(Reason::protocol_error, "the length of a frame has more bytes than it needs");
  if (!is_control(opcode) && !fits(size)) return false;
  begin_ += 2 + width;
  in_frame_ = true;
  fin_ = fin;
  opcode_ = opcode;
  left_ = size;
  if (opcode == Opcode::text || opcode == Opcode::binary) message_of_ = opcode;
  return true;
}

// Control frames are unfragmented and short, and may come between fragments (sections 5.4 and 5.5).
bool FrameReader::is_right(Opcode opcode, bool fin, std::size_t size) {
  if (is_control(opcode)) {
    if (!fin) return fail_frame(Reason::protocol_error, "a control frame is in fragments");
    if (size > control_max)
      return fail_frame(Reason::protocol_error, "a control frame is longer than 125 bytes");
    return true;
  }
  if ((opcode == Opcode::continuation) == message_of_.has_value()) return true;
  return fail_frame(Reason::protocol_error, message_of_ ? "a message begins within another"
                                                        : "a fragment continues no message");
}

bool FrameReader::fits(std::size_t size) {
  if (size <= message_max_ - message_.size()) return true;
  return fail(Reason::message_too_big,
              fmt::format("a message exceeds {} bytes (limits.frame)", message_max_));
}

void FrameReader::take_payload() {
  const auto bytes = unread().substr(0, left_);
  (is_control(opcode_) ? control_ : message_) += bytes;
  begin_ += bytes.size();
  left_ -= bytes.size();
}

std::optional<FrameReader::Heard> FrameReader::end_frame() {
  if (is_control(opcode_)) {
    Heard heard{opcode_, std::exchange(control_, {})};
    const auto wrong = opcode_ == Opcode::close ? close_fault(heard.payload) : std::nullopt;
    if (!wrong) return heard;
    heard.fault = *wrong;  // its code counts anyway
    fail(Reason::protocol_error, *wrong);
    return heard;
  }
  if (!fin_) return std::nullopt;
  Heard heard{*std::exchange(message_of_, std::nullopt), std::exchange(message_, {})};
  if (heard.opcode == Opcode::binary || text::is_utf8(heard.payload)) return heard;
  fail(Reason::malformed, "a text message is not UTF-8");
  return std::nullopt;
}

void FrameReader::ended() {
  ended_ = true;
  if (!failure_ && !in_frame_) begin_frame();
}

// Fails on the frame at the front of the unread bytes. Text never begins a valid frame; waits for
// some bytes of it, so that it is recognized however it is split. Always returns false.
bool FrameReader::fail_frame(Reason reason, const std::string& what) {
  const auto bytes = unread();
  if (!is_plain_text(bytes.substr(0, text_most)))
    return fail(reason, fmt::format("{}; it begins {}", what, shown_bytes(bytes)));
  if (bytes.size() < text_least && !ended_) return false;
  const auto shown = text::shorten(readable(bytes.substr(0, text_most)), text_most);
  return fail(Reason::protocol_error, "not a frame, but text: " + text::json_quote(shown));
}

bool FrameReader::fail(Reason reason, std::string detail) {
  failure_ = Failure{reason, std::move(detail)};
  return false;
}

}  // namespace sonde::net
