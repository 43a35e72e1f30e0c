#include "probes/dialect/frame.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "probes/core/reason.hpp"
#include "probes/dialect/dialect_use.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::dialect {
namespace {

// The first number at the places, as written.
std::string_view first_number(const std::vector<text::Pointer>& places, text::Document& document) {
  for (const auto& place : places) {
    const text::Json value = place.at(document.root());
    if (value.number()) return document.keep(value.text());
  }
  return "";
}

std::string_view first_word(const std::vector<text::Pointer>& places, text::Document& document) {
  const auto text = first_text(places, document.root());
  return text.empty() ? first_number(places, document) : text;
}

std::expected<Frame, Failure> frame_of(const Dialect& dialect,
                                       std::expected<text::Document, std::string> document,
                                       std::string_view piece) {
  if (!document)
    return std::unexpected(
        Failure{Reason::malformed, fmt::format("a frame is {}: {}", document.error(),
                                               text::json_quote(text::shorten(piece, 80)))});
  Frame frame{.document = *std::move(document), .type = {}, .event_id = {}};
  frame.type = first_word(dialect.type, frame.document);
  frame.event_id = first_word(dialect.event_id, frame.document);
  return frame;
}

}  // namespace

std::expected<Frame, Failure> decode(const Dialect& dialect, std::string_view piece) {
  return frame_of(dialect, open_frame(dialect.framing, piece), piece);
}

std::optional<text::Json> items_of(const Dialect& dialect, const Frame& frame) {
  if (!dialect.framing.each) return std::nullopt;
  const text::Json list = dialect.framing.each->at(frame.body());
  return list.kind() == text::Json::Kind::array ? std::optional(list) : std::nullopt;
}

std::expected<Frame, Failure> decode_item(const Dialect& dialect, text::Json item) {
  return frame_of(dialect, open_item(dialect.framing, item), item.text());
}

Reason reason_at(Reason named, Step step) {
  if (row(named).steps.contains(step)) return named;
  if (step == Step::hold) return Reason::hold_expired;
  if (step == Step::events)
    return row(named).ends_session ? Reason::closed_midstream : Reason::agent_error;
  return row(named).ends_session ? Reason::closed_after_accept : Reason::bad_ready;
}

Failure rule_failure(const SessionRule& rule, const Frame& frame, Step step) {
  const auto why = first_text(rule.detail, frame.body());
  return {reason_at(reason_named(rule.fail).value_or(Reason::bad_ready), step),
          fmt::format("{}{}{}", text::shorten(frame.type, 60), why.empty() ? "" : ": ",
                      text::shorten(why, 200))};
}

}  // namespace sonde::dialect
