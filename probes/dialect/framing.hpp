#pragma once
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "probes/core/probe.hpp"
#include "probes/text/pattern.hpp"
#include "probes/text/pointer.hpp"

namespace sonde::dialect {

// The content of a frame: JSON, a text for patterns, or bytes, which are read and written as hex
// digits and sent in binary messages.
enum class Coding : std::uint8_t { json, text, hex };
std::span<const config::Named<Coding>> names_of(const Coding*);

// A pattern for text frames. Its groups become members of the frame, by name or number. In YAML:
// the pattern alone, or { match: PATTERN, type: NAME }.
struct FramePattern {
  text::Pattern match;
  std::string type;  // /type of a frame that it matches; the first matching pattern applies
};
const config::Section<FramePattern>& section_of(const FramePattern*);

// How a message is split into frames, and how a frame becomes the JSON that the rest of a dialect
// uses. A text frame is { "text": all of it, "type": ..., GROUP: TEXT, ... }.
struct Framing {
  Coding codec = Coding::json;
  std::string split;  // separator or terminator of frames; empty: a message is one frame
  std::string end;    // appended to every frame that is sent
  std::string strip;  // removed from the start of a frame that begins with it
  std::vector<FramePattern> patterns;
  // Places whose text is hex digits, XML or JSON; each is replaced by its decoded value, in this
  // order.
  std::vector<text::Pointer> hex, xml, json;
  std::optional<text::Pointer> each;  // a list whose items are separate frames
};
const config::Section<Framing>& section_of(const Framing*);

inline constexpr std::size_t frames_max = 1000;  // of a message

// The frames of a message, in order, without empty ones. Fails with too_many_frames above 1000.
std::expected<std::vector<std::string_view>, Failure> cut(const Framing& framing,
                                                          std::string_view message);

// A frame as JSON; the error says what it is instead: "not JSON: ...". It is an error if no pattern
// matches a text, or if a text at `json` looks like an array or object but is not valid JSON.
// Linear in time and memory.
std::expected<text::Document, std::string> open_frame(const Framing& framing,
                                                      std::string_view frame);

// An item of the list at `each` as JSON: a text that looks like JSON has to be valid.
std::expected<text::Document, std::string> open_item(const Framing& framing, text::Json item);

}  // namespace sonde::dialect

namespace sonde::config {
template <>
struct Codec<dialect::FramePattern> {
  static bool read(const Value&, const Reader&, const Rule&, dialect::FramePattern& out);
  static Value schema(const Rule&);
  static std::string show(const dialect::FramePattern&) { return ""; }
};
}  // namespace sonde::config
