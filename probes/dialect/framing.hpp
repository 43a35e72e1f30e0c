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

// What a frame is made of: JSON, a text for patterns, or bytes, which are read and written as hex
// digits and travel in binary messages.
enum class Coding : std::uint8_t { json, text, hex };
std::span<const config::Named<Coding>> names_of(const Coding*);

// A pattern of a text frame. Its groups become members of the frame, by their names or numbers.
// In YAML: the pattern alone, or { match: PATTERN, type: NAME }.
struct FramePattern {
  text::Pattern match;
  std::string type;  // /type of a frame in which it is found; of several patterns the first
};
const config::Section<FramePattern>& section_of(const FramePattern*);

// How a message is cut into frames, and how a frame becomes the JSON that the rest of a dialect
// looks at. A frame of text is { "text": all of it, "type": ..., GROUP: TEXT, ... }.
struct Framing {
  Coding codec = Coding::json;
  std::string split;  // what stands between or behind frames; empty: a message is a frame
  std::string end;    // follows every frame that is sent
  std::string strip;  // taken off the front of a frame that begins with it
  std::vector<FramePattern> patterns;
  // Places whose text is hex digits, XML, JSON: each is replaced by what it says, in this order.
  std::vector<text::Pointer> hex, xml, json;
  std::optional<text::Pointer> each;  // a list whose items are frames of their own
};
const config::Section<Framing>& section_of(const Framing*);

inline constexpr std::size_t frames_max = 1000;  // of a message

// The frames of a message, in their order; empty ones are left out. More than 1000 are
// too_many_frames.
std::expected<std::vector<std::string_view>, Failure> cut(const Framing& framing,
                                                          std::string_view message);

// A frame as JSON; the error says what it is instead: "not JSON: ...". A text that none of the
// patterns is found in is an error, and so is a text at `json` that looks like an array or an
// object and is none. Time and memory are linear in the frame.
std::expected<text::Document, std::string> open_frame(const Framing& framing,
                                                      std::string_view frame);

// An item of the list at `each`, likewise: one that is a text which looks like JSON has to be that.
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
