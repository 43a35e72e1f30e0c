#pragma once
#include <expected>
#include <optional>
#include <string_view>

#include "probes/dialect/dialect.hpp"

namespace sonde::dialect {

// A decoded frame. Its views stay valid when it is moved.
struct Frame {
  text::Document document;
  std::string_view type;      // the first text at the dialect's places, or else the first number
  std::string_view event_id;  // as above; numbers are kept as they are written
  text::Json body() const { return document.root(); }
};

// Decodes one frame of a message; fails with `malformed`, and shows how the frame begins.
std::expected<Frame, Failure> decode(const Dialect& dialect, std::string_view piece);

// The list at `frame.each` of the dialect, whose items are separate frames; nullopt: the frame
// itself is one.
std::optional<text::Json> items_of(const Dialect& dialect, const Frame& frame);
// An item as a frame; an item that is a text with JSON is decoded. Fails with `malformed`.
std::expected<Frame, Failure> decode_item(const Dialect& dialect, text::Json item);

// Translates the reason that a rule names to one that a run at `step` can have: the same if
// possible, otherwise its counterpart. An end of the session becomes closed_after_accept,
// closed_midstream or hold_expired; anything else bad_ready, agent_error or hold_expired.
Reason reason_at(Reason named, Step step);

// The failure that a rule's frame means for a run at `step`.
Failure rule_failure(const SessionRule& rule, const Frame& frame, Step step);

}  // namespace sonde::dialect
