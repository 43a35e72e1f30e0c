#include "probes/dialect/framing.hpp"

#include <fmt/format.h>

#include "probes/text/encode.hpp"
#include "probes/text/template.hpp"

namespace sonde::dialect {

std::span<const config::Named<Coding>> names_of(const Coding*) {
  static constexpr config::Named<Coding> all[] = {
      {"json", Coding::json}, {"text", Coding::text}, {"hex", Coding::hex}};
  return all;
}

const config::Section<FramePattern>& section_of(const FramePattern*) {
  static const auto keys =
      config::Section<FramePattern>()
          .key("match", &FramePattern::match, "A pattern; its groups become members of the frame.",
               {.required = true})
          .key("type", &FramePattern::type, "What /type of the frame is where it is found.");
  return keys;
}

const config::Section<Framing>& section_of(const Framing*) {
  static const auto keys =
      config::Section<Framing>()
          .key("codec", &Framing::codec, "What a frame is: JSON, text, or bytes as hex digits.")
          .key("split", &Framing::split,
               "What stands between or behind the frames of one message; without it, a message is "
               "a frame.")
          .key("end", &Framing::end, "What follows every frame that is sent.")
          .key("strip", &Framing::strip, "What is taken off the front of a frame.")
          .key("patterns", &Framing::patterns,
               "Patterns of a frame of text or hex; their groups become members of the frame.")
          .key("hex", &Framing::hex, "Places whose hex digits become the text that they say.")
          .key("xml", &Framing::xml, "Places in which the entities of XML become characters.")
          .key("json", &Framing::json, "Places whose text is JSON, and becomes what it says.")
          .key("each", &Framing::each,
               "A list in a frame, each of whose items is a frame of its own; \"\": the frame "
               "itself. Frames without the list are one.")
          .removable();
  return keys;
}

namespace {

using Text = std::pair<std::string_view, std::string_view>;

// Collects the matches of the patterns; false: none matches.
bool find_all(const std::vector<FramePattern>& patterns, std::string_view text,
              std::vector<Text>& members, std::string_view& type) {
  bool found = patterns.empty();
  std::vector<std::string_view> groups;
  for (const auto& pattern : patterns) {
    if (!pattern.match.find(text, groups)) continue;
    found = true;
    if (type.empty()) type = pattern.type;
    const auto& names = pattern.match.group_names();
    for (std::size_t i = 1; i < groups.size(); ++i)
      if (groups[i].data() != nullptr) members.emplace_back(names[i], groups[i]);
  }
  return found;
}

std::expected<text::Document, std::string> open_text(const Framing& framing,
                                                     std::string_view text) {
  std::vector<Text> members = {{"text", text}};
  std::string_view type;
  if (!find_all(framing.patterns, text, members, type))
    return std::unexpected("of no form that the dialect knows");
  if (!type.empty()) members.insert(members.begin() + 1, {"type", type});
  return text::Document::of(members);
}

std::expected<text::Document, std::string> open_whole(const Framing& framing,
                                                      std::string_view frame) {
  switch (framing.codec) {
    case Coding::json:
      return text::Document::parse(frame);
    case Coding::text:
      return open_text(framing, frame);
    case Coding::hex:
      break;
  }
  return open_text(framing, text::hex(frame));
}

bool looks_like_json(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

std::expected<void, std::string> unfold(const Framing& framing, text::Document& document) {
  for (const auto& place : framing.hex) {
    const text::Json digits = place.at(document.root());
    const auto bytes = text::from_hex(digits.string().value_or(""));
    if (bytes) document.replace(digits, *bytes);
  }
  for (const auto& place : framing.xml) {
    const text::Json xml = place.at(document.root());
    document.replace(xml, text::xml_unescape(xml.string().value_or("")));
  }
  for (const auto& place : framing.json) {
    const text::Json json = place.at(document.root());
    if (!looks_like_json(json.string().value_or(""))) continue;
    if (auto good = document.unfold(json); !good)
      return std::unexpected(fmt::format("at {} {}", place.text(), good.error()));
  }
  return {};
}

}  // namespace

std::expected<std::vector<std::string_view>, Failure> cut(const Framing& framing,
                                                          std::string_view message) {
  if (framing.split.empty()) return std::vector{message};
  std::vector<std::string_view> frames;
  while (!message.empty()) {
    const auto end = message.find(framing.split);
    const std::string_view frame = message.substr(0, end);
    if (!frame.empty()) frames.push_back(frame);
    if (frames.size() > frames_max)
      return std::unexpected(Failure{
          Reason::too_many_frames, fmt::format("more than {} frames in one message", frames_max)});
    message.remove_prefix(end == std::string_view::npos ? message.size()
                                                        : end + framing.split.size());
  }
  return frames;
}

std::expected<text::Document, std::string> open_frame(const Framing& framing,
                                                      std::string_view frame) {
  if (frame.starts_with(framing.strip)) frame.remove_prefix(framing.strip.size());
  auto document = open_whole(framing, frame);
  if (!document) return document;
  if (auto good = unfold(framing, *document); !good) return std::unexpected(good.error());
  return document;
}

std::expected<text::Document, std::string> open_item(const Framing& framing, text::Json item) {
  const std::string_view inside = item.string().value_or("");
  const bool is_text = item.string() && !looks_like_json(inside);
  auto document = text::Document::parse(is_text ? text::json_quote(inside) : item.text());
  if (!document) return document;
  if (auto good = unfold(framing, *document); !good) return std::unexpected(good.error());
  return document;
}

}  // namespace sonde::dialect

namespace sonde::config {
namespace {

const Section<dialect::FramePattern>& keys() { return section<dialect::FramePattern>(); }

}  // namespace

bool Codec<dialect::FramePattern>::read(const Value& v, const Reader& r, const Rule& rule,
                                        dialect::FramePattern& out) {
  if (v.kind == Value::Kind::map) return keys().read(v, r, out);
  return Codec<text::Pattern>::read(v, r, rule, out.match);
}

Value Codec<dialect::FramePattern>::schema(const Rule&) {
  return schema_any_of({Codec<text::Pattern>::schema({}), keys().schema()});
}

}  // namespace sonde::config
