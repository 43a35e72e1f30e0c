#pragma once
#include <expected>
#include <string_view>

#include "probes/talk/dialect.hpp"

namespace sonde::talk {

// A decoded frame. The views are as valid as the frame, also when it is moved.
struct Frame {
  text::Document document;
  std::string_view type;  // the first text at the dialect's places, else the first number
  std::string_view event_id;
  text::Json body() const { return document.root(); }
};

// Decodes one frame of a message; `malformed` says how it begins.
std::expected<Frame, Failure> decode(const Dialect& dialect, std::string_view piece);

// What a rule's frame means for a run that is at `step`: the reason that the rule names if a run
// can have it there; else agent_error in a conversation and bad_ready before it.
Failure rule_failure(const SessionRule& rule, const Frame& frame, Step step);

}  // namespace sonde::talk
