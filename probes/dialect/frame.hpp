#pragma once
#include <expected>
#include <optional>
#include <string_view>

#include "probes/dialect/dialect.hpp"

namespace sonde::dialect {

// A decoded frame. The views are as valid as the frame, also when it is moved.
struct Frame {
  text::Document document;
  std::string_view type;      // the first text at the dialect's places, else the first number
  std::string_view event_id;  // likewise; numbers are ids as they are written
  text::Json body() const { return document.root(); }
};

// Decodes one frame of a message; `malformed` says how it begins.
std::expected<Frame, Failure> decode(const Dialect& dialect, std::string_view piece);

// The list at `frame.each` of the dialect, each of whose items is a frame of its own; nothing: the
// frame is one itself.
std::optional<text::Json> items_of(const Dialect& dialect, const Frame& frame);
// An item as a frame; one that is a text with JSON in it is what that says. `malformed`.
std::expected<Frame, Failure> decode_item(const Dialect& dialect, text::Json item);

// What a reason that a rule names means for a run that is at `step`: the same if a run can have it
// there, else its counterpart. What ends a session is closed_after_accept, closed_midstream or
// hold_expired, anything else bad_ready, agent_error or hold_expired.
Reason reason_at(Reason named, Step step);

// What a rule's frame means for a run that is at `step`.
Failure rule_failure(const SessionRule& rule, const Frame& frame, Step step);

}  // namespace sonde::dialect
