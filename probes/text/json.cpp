#include "probes/text/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/parser.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "probes/text/code_points.hpp"
#include "probes/text/lone_surrogates.hpp"
#include "probes/text/long_number.hpp"
#include "probes/text/printable.hpp"
#include "probes/text/utf8.hpp"

namespace json = boost::json;

namespace sonde::text {
namespace {

constexpr std::size_t json_depth_max = 64;

const json::value& value_of(const void* node) { return *static_cast<const json::value*>(node); }

json::parse_options bounded() {
  json::parse_options options;
  options.max_depth = json_depth_max;
  return options;
}

std::string_view view(const json::string& text) { return {text.data(), text.size()}; }

std::string_view view(json::string_view text) { return {text.data(), text.size()}; }

double approximate(std::string_view digits) {
  double number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

std::string number_text(const json::value& value) {
  if (value.is_string()) return std::string(*long_number(view(value.get_string())));
  if (value.is_int64()) return fmt::to_string(value.get_int64());
  if (value.is_uint64()) return fmt::to_string(value.get_uint64());
  return fmt::format("{}", value.get_double());
}

}  // namespace

// The values live in one arena that starts inside the body: a usual frame costs one allocation, no
// larger than those that malloc keeps at hand.
struct Document::Body {
  Body() : arena(start.data(), start.size()), root(json::storage_ptr(&arena)) {}
  std::array<unsigned char, 928> start;
  json::monotonic_resource arena;
  json::value root;
};

Document::Document(std::unique_ptr<Body> body) : body_(std::move(body)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;
Json Document::root() const { return Json(&body_->root); }

namespace {

// Reads a whole text into the parser; how many bytes of it are JSON.
std::size_t read(json::parser& parser, std::string_view text, json::error_code& error) {
  const std::size_t used = parser.write_some(text.data(), text.size(), error);
  if (!error && used < text.size()) error = json::error::extra_data;
  return used;
}

}  // namespace

std::expected<Document, std::string> Document::parse(std::string_view text) {
  if (const auto marked = mark_long_numbers(text))
    if (auto document = parse_marked(*marked)) return document;
  auto document = parse_marked(text);
  if (document) return document;
  const auto whole = without_lone_surrogates(text);
  return whole ? parse(*whole) : std::move(document);
}

std::expected<Document, std::string> Document::parse_body(std::string_view body) {
  if (!body.starts_with(byte_order_mark) && is_utf8(body)) return parse(body);
  return parse(utf8_decoded(body));
}

std::expected<Document, std::string> Document::parse_marked(std::string_view text) {
  auto body = std::unique_ptr<Body>(new Body);  // make_unique would clear the arena first
  json::parser parser({}, bounded());
  parser.reset(json::storage_ptr(&body->arena));
  json::error_code error;
  const std::size_t used = read(parser, text, error);
  if (error) return std::unexpected(fmt::format("not JSON: {} at byte {}", error.message(), used));
  body->root = parser.release();
  return Document(std::move(body));
}

std::string json_place(std::string_view body) {
  constexpr std::size_t before = 24, behind = 24;
  std::string text = utf8_decoded(body);
  if (auto whole = without_lone_surrogates(text)) text = *std::move(whole);
  json::parser parser({}, bounded());
  json::error_code error;
  const std::size_t at = std::min(read(parser, text, error), text.size());
  const std::size_t from = at - std::min(at, before);
  const std::string_view around = std::string_view(text).substr(from, at - from + behind);
  const std::string shown = shorten(around, before + behind);
  return fmt::format("{} `{}`", at == text.size() ? "behind" : "in", shown);
}

Document Document::of(Texts texts) {
  auto body = std::unique_ptr<Body>(new Body);
  auto& object = body->root.emplace_object();
  for (const auto& [name, text] : texts)
    object.emplace(json::string_view(name.data(), name.size()),
                   json::string_view(text.data(), text.size()));
  return Document(std::move(body));
}

std::expected<void, std::string> Document::unfold(Json text) {
  const auto inside = text.string();
  if (!inside) return std::unexpected("not a text");
  const auto marked = mark_long_numbers(*inside);
  const std::string_view said = marked ? *marked : *inside;
  json::error_code error;
  auto value =
      json::parse({said.data(), said.size()}, error, json::storage_ptr(&body_->arena), bounded());
  if (error) return std::unexpected("not JSON: " + error.message());
  // The handle is of a value of this document, which is not constant.
  *static_cast<json::value*>(const_cast<void*>(text.node_)) = std::move(value);
  return {};
}

void Document::replace(Json text, std::string_view by) {
  if (!text.string()) return;
  *static_cast<json::value*>(const_cast<void*>(text.node_)) =
      json::string_view(by.data(), by.size());
}

std::string_view Document::keep(std::string_view text) {
  if (text.empty()) return "";
  auto* bytes = static_cast<char*>(body_->arena.allocate(text.size(), 1));
  text.copy(bytes, text.size());
  return {bytes, text.size()};
}

Json::Kind Json::kind() const {
  if (!node_) return Kind::nothing;
  switch (value_of(node_).kind()) {
    case json::kind::null:
      return Kind::null;
    case json::kind::bool_:
      return Kind::boolean;
    case json::kind::string:
      return long_number(view(value_of(node_).get_string())) ? Kind::number : Kind::string;
    case json::kind::array:
      return Kind::array;
    case json::kind::object:
      return Kind::object;
    case json::kind::int64:
    case json::kind::uint64:
    case json::kind::double_:
      return Kind::number;
  }
  return Kind::nothing;
}

std::optional<std::string_view> Json::string() const {
  if (kind() != Kind::string) return std::nullopt;
  return view(value_of(node_).get_string());
}

std::optional<double> Json::number() const {
  if (kind() != Kind::number) return std::nullopt;
  const json::value& value = value_of(node_);
  if (value.is_string()) return approximate(*long_number(view(value.get_string())));
  if (value.is_int64()) return static_cast<double>(value.get_int64());
  if (value.is_uint64()) return static_cast<double>(value.get_uint64());
  return value.get_double();
}

std::optional<bool> Json::boolean() const {
  if (kind() != Kind::boolean) return std::nullopt;
  return value_of(node_).get_bool();
}

std::size_t Json::size() const {
  if (kind() == Kind::array) return value_of(node_).get_array().size();
  if (kind() == Kind::object) return value_of(node_).get_object().size();
  return 0;
}

Json Json::item(std::size_t index) const {
  if (kind() != Kind::array) return {};
  return Json(value_of(node_).get_array().if_contains(index));
}

Json Json::member(std::string_view name) const {
  if (kind() != Kind::object) return {};
  return Json(value_of(node_).get_object().if_contains({name.data(), name.size()}));
}

std::vector<std::pair<std::string_view, Json>> Json::members() const {
  std::vector<std::pair<std::string_view, Json>> all;
  if (kind() != Kind::object) return all;
  for (const auto& member : value_of(node_).get_object())
    all.emplace_back(view(member.key()), Json(&member.value()));
  return all;
}

std::string Json::text() const {
  switch (kind()) {
    case Kind::nothing:
      return "";
    case Kind::string:
      return std::string(*string());
    case Kind::number:
      return number_text(value_of(node_));
    default:
      return unmark_long_numbers(json::serialize(value_of(node_)));
  }
}

namespace {

bool stands_as_it_is(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\';
}

// RFC 8259, 7: beyond U+FFFF as two surrogates.
void append_escaped(std::string& out, char32_t code) {
  const auto append = [&out](char32_t unit) {
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(unit));
  };
  if (code <= 0xFFFF) return append(code);
  append(0xD800 + ((code - 0x10000) >> 10U));
  append(0xDC00 + ((code - 0x10000) & 0x3FFU));
}

}  // namespace

std::string json_escape(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 8);
  while (!text.empty()) {
    const auto plain = std::ranges::find_if_not(text, stands_as_it_is) - text.begin();
    out += text.substr(0, static_cast<std::size_t>(plain));
    text.remove_prefix(static_cast<std::size_t>(plain));
    if (text.empty()) break;
    const std::size_t length = utf8_length(text);
    const auto c = static_cast<unsigned char>(text[0]);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (c == '"' || c == '\\') {
      out += {'\\', text[0]};
    } else if (c == '\n') {
      out += "\\n";
    } else if (const char32_t code = *first_rune(text).code; deceives(code)) {
      append_escaped(out, code);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

std::string json_quote(std::string_view text) { return '"' + json_escape(text) + '"'; }

}  // namespace sonde::text
