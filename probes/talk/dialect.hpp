#pragma once
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/talk/expectation.hpp"
#include "probes/text/tree.hpp"

namespace sonde::talk {

// What a frame must be for a rule, the ready message or the correlation: its type, or places.
struct FrameMatch {
  std::vector<std::string> type;  // one of these; empty: any
  text::Comparisons json;
};
const config::Section<FrameMatch>& section_of(const FrameMatch*);

// Active for the whole session, before any expectation: the frame is no event, whatever else.
struct SessionRule {
  FrameMatch when;
  text::Tree reply;     // sent back; {{frame/thread_id}} is the text at /thread_id of the frame
  bool ignore = false;  // it means nothing
  std::string fail;     // a reason's name; with the text found at `detail`
  std::vector<text::Pointer> detail;  // first non-empty place
  // Kept for the run, under the name of a variable: {thread_id: /thread_id}.
  std::map<std::string, text::Pointer> capture;
};
const config::Section<SessionRule>& section_of(const SessionRule*);

// A chat protocol as data: how frames are decoded, what is sent, which events in which partial
// order, what is terminal, where the answer stands, whose a frame is. Constant after loading.
struct Dialect {
  std::string name;
  std::vector<text::Pointer> type;      // first non-empty place
  std::vector<text::Pointer> event_id;  // first non-empty place
  std::vector<SessionRule> rules;
  FrameMatch ready;  // the ready message; during a conversation it is no event
  text::Tree send;
  // The correlation ladder: places whose value, if there is one, must be that of the template.
  // A frame is foreign if one differs, own if one is there and none differs.
  std::map<text::Pointer, text::Template> correlate;
  // The last rung of the ladder: a frame without any of these ids is own, because ours is the only
  // run on this connection. Else it is unattributed, evidence of nothing.
  bool only_run = true;
  EventRules rules_of_events;
  std::vector<text::Pointer> answer;           // first non-empty place, of the terminal event
  std::map<std::string, text::Template> vars;  // made once a run: {{vars.thread_id}}
};
const config::Section<Dialect>& section_of(const Dialect*);

// The first rule that the frame is for; nothing: it may be an event.
const SessionRule* rule_for(const Dialect& dialect, std::string_view type, text::Json frame,
                            text::Names& names);
bool matches(const FrameMatch& match, std::string_view type, text::Json frame, text::Names& names);

// The first non-empty text at the places; empty: there is none.
std::string_view first_text(const std::vector<text::Pointer>& places, text::Json frame);

// Whose a frame is, by the correlation ladder.
Owner owner_of(const Dialect& dialect, text::Json frame, text::Names& names);

// The answer in a terminal event: the first filled place; an empty text if a place is there but
// none is filled; nothing if none is there.
std::optional<std::string> answer_in(const Dialect& dialect, text::Json frame);

// The reply of a rule to a frame; the error names what nothing is known of.
std::expected<std::string, std::string> reply_to(const SessionRule& rule, text::Json frame,
                                                 text::Names& names);

// Sets {{vars.*}} of a run, but for those that the session has captured already. The error names
// what nothing is known of.
std::expected<void, std::string> set_vars(const Dialect& dialect, text::Names& names);
void capture(const SessionRule& rule, text::Json frame, text::Names& names);

// The built-in dialects, read from their YAML; aborts if one is wrong (a test loads them all).
const std::map<std::string, std::shared_ptr<const Dialect>>& built_in();

}  // namespace sonde::talk

namespace sonde::config {
// The section, and then that every event named in it is one of its events.
template <>
struct Codec<talk::Dialect> {
  static bool read(const Value&, const Reader&, const Rule&, talk::Dialect& out);
  static Value schema(const Rule&);
  static std::string show(const talk::Dialect& dialect) { return dialect.name; }
};
}  // namespace sonde::config
