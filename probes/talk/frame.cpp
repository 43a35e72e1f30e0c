#include "probes/talk/frame.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "probes/outcome.hpp"
#include "probes/talk/dialect_use.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::talk {
namespace {

std::string_view type_of(const Dialect& dialect, text::Document& document) {
  const auto type = first_text(dialect.type, document.root());
  if (!type.empty()) return type;
  for (const auto& place : dialect.type) {
    const text::Json value = place.at(document.root());
    if (value.number()) return document.keep(value.text());
  }
  return "";
}

}  // namespace

std::expected<Frame, Failure> decode(const Dialect& dialect, std::string_view piece) {
  auto document = open_frame(dialect.framing, piece);
  if (!document)
    return std::unexpected(
        Failure{Reason::malformed, fmt::format("a frame is {}: {}", document.error(),
                                               text::json_quote(text::shorten(piece, 80)))});
  Frame frame{.document = *std::move(document), .type = {}, .event_id = {}};
  frame.type = type_of(dialect, frame.document);
  frame.event_id = first_text(dialect.event_id, frame.body());
  return frame;
}

Failure rule_failure(const SessionRule& rule, const Frame& frame, Step step) {
  const auto named = reason_named(rule.fail);
  const Reason fallback = step == Step::events ? Reason::agent_error : Reason::bad_ready;
  const bool possible = named && std::ranges::count(reasons_at(step), *named) > 0;
  const auto why = first_text(rule.detail, frame.body());
  return {possible ? *named : fallback,
          fmt::format("{}{}{}", text::shorten(frame.type, 60), why.empty() ? "" : ": ",
                      text::shorten(why, 200))};
}

}  // namespace sonde::talk
