#pragma once
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "probes/dialect/dialect.hpp"
#include "probes/dialect/own_runs.hpp"

// What a dialect says of a frame, and what is sent in it. Pure.
namespace sonde::dialect {

// A frame to be sent.
struct Outgoing {
  std::string payload;
  bool binary = false;
};
// A text of a dialect is sent as it stands, hex digits as the bytes that they say, anything else as
// JSON. own_request: a name that nothing is known of, or what is no hex.
std::expected<Outgoing, Failure> make_frame(const Dialect& dialect, const text::Tree& tree,
                                            text::Names& names);

// The first rule that the frame is for; nothing: it may be an event.
const SessionRule* rule_for(const Dialect& dialect, std::string_view type, text::Json frame,
                            text::Names& names);
bool matches(const FrameMatch& match, std::string_view type, text::Json frame, text::Names& names);

// Whether the server answers a step on the way to the ready session.
bool acknowledges(const Dialect& dialect);

// The first non-empty text at the places; empty: there is none.
std::string_view first_text(const std::vector<text::Pointer>& places, text::Json frame);

// Whose a frame is, by the correlation ladder; one of another of our `own_runs`, which learn the
// ids of this one, is unattributed.
Owner owner_of(const Dialect& dialect, text::Json frame, text::Names& names,
               OwnRuns* own_runs = nullptr);

// Whether a frame says that it is of one of our own runs.
bool is_of_own_run(const Dialect& dialect, text::Json frame, const OwnRuns& own_runs);

// Tells `own_runs` the ids of this one, as far as they are known.
void note_run(const Dialect& dialect, text::Names& names, OwnRuns& own_runs);

// What an event says of the answer: the first filled place; an empty text if a place is there but
// none is filled; nothing if none is there.
std::optional<std::string> answer_in(const Dialect& dialect, text::Json frame);

// The reply of a rule to a frame.
std::expected<Outgoing, Failure> reply_to(const Dialect& dialect, const SessionRule& rule,
                                          text::Json frame, text::Names& names);

// Sets {{vars.*}} of a session, but for those that there are already, unless they are made `anew`.
std::expected<void, Failure> set_vars(const Dialect& dialect, text::Names& names,
                                      bool anew = false);
// Sets those that say the prompt, which has to be known.
std::expected<void, Failure> set_turn_vars(const Dialect& dialect, text::Names& names);
// Hides in `trace`, in every usual encoding, the variables that are made of what it hides already:
// those of the session, or those of the turn.
void hide_made(const Dialect& dialect, bool of_turn, const text::Names& names, Trace& trace);
// Sets those variables whose places are filled.
void capture(const Captures& captures, text::Json frame, text::Names& names);

}  // namespace sonde::dialect
