#pragma once
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "probes/dialect/dialect.hpp"
#include "probes/dialect/own_runs.hpp"

// Applies a dialect to frames, and makes the frames to send. Pure.
namespace sonde::dialect {

// A frame to send.
struct Outgoing {
  std::string payload;
  bool binary = false;
};
// Makes a frame to send: a text is sent unchanged, hex digits as the bytes they stand for, anything
// else as JSON. Fails with own_request for an unknown name or invalid hex digits.
std::expected<Outgoing, Failure> make_frame(const Dialect& dialect, const text::Tree& tree,
                                            text::Names& names);

// The first rule that matches the frame; null: it may be an event.
const SessionRule* rule_for(const Dialect& dialect, std::string_view type, text::Json frame,
                            text::Names& names);
bool matches(const FrameMatch& match, std::string_view type, text::Json frame, text::Names& names);

// Whether the server answers a step before the session is ready.
bool acknowledges(const Dialect& dialect);

// The first non-empty text at the places; empty: none.
std::string_view first_text(const std::vector<text::Pointer>& places, text::Json frame);

// Whose a frame is, by correlation. A frame of another of our `own_runs` is unattributed. Adds the
// ids of this run to `own_runs`.
Owner owner_of(const Dialect& dialect, text::Json frame, text::Names& names,
               OwnRuns* own_runs = nullptr);

// Whether a frame has an id of this run: of its thread, its message and the like, not of the user.
bool has_own_id(const Dialect& dialect, text::Json frame, text::Names& names);
// Whether frames of this dialect may have such ids, as far as the names are known.
bool knows_own_ids(const Dialect& dialect, text::Names& names);

// The ids of a foreign frame that differ from those of this run. Empty if one says that the frame
// is of another user.
std::vector<std::string> foreign_ids(const Dialect& dialect, text::Json frame, text::Names& names);

// Whether a frame contains an id of one of our own runs.
bool is_of_own_run(const Dialect& dialect, text::Json frame, const OwnRuns& own_runs);

// Adds the known ids of this run to `own_runs`.
void note_run(const Dialect& dialect, text::Names& names, OwnRuns& own_runs);

// The answer in an event: the first non-empty place; an empty text if a place exists but none is
// filled; nullopt if none exists.
std::optional<std::string> answer_in(const Dialect& dialect, text::Json frame);

// The reply of a rule to a frame.
std::expected<Outgoing, Failure> reply_to(const Dialect& dialect, const SessionRule& rule,
                                          text::Json frame, text::Names& names);

// Sets {{vars.*}} of a session; existing ones are kept unless `replace` is true.
std::expected<void, Failure> set_vars(const Dialect& dialect, text::Names& names,
                                      bool replace = false);
// Sets the variables that use the prompt, which has to be set.
std::expected<void, Failure> set_turn_vars(const Dialect& dialect, text::Names& names);
// Hides in `trace`, in every usual encoding, the variables made from texts that it already hides:
// those of the session, or those of the exchange.
void hide_made(const Dialect& dialect, bool of_turn, const text::Names& names, Trace& trace);
// Sets the variables whose places are filled.
void capture(const Captures& captures, text::Json frame, text::Names& names);

}  // namespace sonde::dialect
