#include "probes/isolation/message_shape.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "probes/isolation/isolation_scan.hpp"
#include "probes/text/ascii.hpp"
#include "probes/text/json.hpp"

namespace sonde::isolation {
namespace {

constexpr int shape_depth_max = 8;
constexpr std::size_t type_bytes_max = 40;

using JsonKind = text::Json::Kind;

std::size_t hash_of(std::string_view text) { return std::hash<std::string_view>()(text); }

// A message without its words with digits: numbers, ids and times.
std::string without_numbers(std::string_view text) {
  const auto in_word = [](char c) { return text::is_word(c) || c == '-'; };
  std::string shape;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && in_word(text[end])) ++end;
    const std::string_view word = text.substr(at, std::max(end, at + 1) - at);
    shape += std::ranges::any_of(word, text::is_digit) ? "#" : word;
    at += word.size();
  }
  return shape;
}

bool names_type(std::string_view name) {
  constexpr std::string_view all[] = {"type", "event",  "op",  "t",    "kind",  "action",
                                      "msg",  "method", "cmd", "name", "status"};
  return std::ranges::find(all, name) != std::end(all);
}

// Names of counters that a server has for each session, or of times.
bool names_counter(std::string_view name) {
  constexpr std::string_view all[] = {"seq",    "sequence", "sequence_number", "sequenceNumber",
                                      "seqnum", "s",        "offset",          "ts",
                                      "time",   "timestamp"};
  return std::ranges::find(all, name) != std::end(all);
}

// A text that names the type of a message: short, and not a number or id.
std::string type_in(text::Json value) {
  const auto text = value.string();
  const bool plain =
      text && text->size() <= type_bytes_max && std::ranges::none_of(*text, text::is_digit);
  return plain ? text::json_quote(*text) : "";
}

std::string skeleton(text::Json value, int depth) {
  if (depth == shape_depth_max) return "";
  std::set<std::string> parts;  // neither the order of members nor the number of items counts
  if (value.kind() == JsonKind::array)
    for (std::size_t i = 0; i < value.size(); ++i) parts.insert(skeleton(value.item(i), depth + 1));
  if (value.kind() == JsonKind::object)
    for (const auto& [name, member] : value.members()) {
      const std::string type = names_type(name) ? type_in(member) : "";
      parts.insert(text::json_quote(name) + ":" + type + skeleton(member, depth + 1));
    }
  if (value.kind() != JsonKind::array && value.kind() != JsonKind::object) return "";
  std::string all = value.kind() == JsonKind::array ? "[" : "{";
  // Socket.IO and Phoenix have the type in a list.
  for (std::size_t i = 0; depth == 0 && value.kind() == JsonKind::array && i < value.size(); ++i)
    all += type_in(value.item(i));
  for (const auto& close_all : parts) all += close_all + ",";
  return all;
}

std::optional<text::Document> json_of(std::string_view payload) {
  auto document = text::Document::parse(json_in(payload));
  if (!document) return std::nullopt;
  return std::move(*document);
}

}  // namespace

std::size_t content_of(std::string_view payload) {
  const auto document = json_of(payload);
  if (!document || document->root().kind() != JsonKind::object) return hash_of(payload);
  std::string content;
  for (const auto& [name, member] : document->root().members()) {
    if (names_counter(name)) continue;
    content += text::json_quote(name) + ":" + member.text() + ",";
  }
  return hash_of(content);
}

std::size_t shape_of(std::string_view payload) {
  const auto document = json_of(payload);
  if (!document) return hash_of(without_numbers(payload));
  const auto prefix = payload.substr(0, payload.size() - json_in(payload).size());
  return hash_of(without_numbers(prefix) + skeleton(document->root(), 0));
}

}  // namespace sonde::isolation
