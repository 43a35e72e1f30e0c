#pragma once
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/dialect/expectation.hpp"
#include "probes/dialect/framing.hpp"
#include "probes/text/needs.hpp"
#include "probes/text/tree.hpp"

namespace sonde::dialect {

// What a frame must be for a rule, the ready message or a step: its type, or places.
struct FrameMatch {
  std::vector<std::string> type;  // one of these; empty: any
  text::Comparisons json;
};
const config::Section<FrameMatch>& section_of(const FrameMatch*);

// Kept for the run, under the names of variables: {thread_id: /thread_id}.
using Captures = std::map<std::string, text::Pointer>;

// Active for the whole session, before any expectation: the frame is no event, whatever else.
struct SessionRule {
  FrameMatch when;
  text::Tree reply;     // sent back; {{frame/thread_id}} is the text at /thread_id of the frame
  bool ignore = false;  // it means nothing
  std::string fail;     // a reason's name; with the text found at `detail`
  std::vector<text::Pointer> detail;  // first non-empty place
  Captures capture;
};
const config::Section<SessionRule>& section_of(const SessionRule*);

// Sent again and again for as long as somebody listens to the session.
struct TimedSend {
  Span every = std::chrono::seconds(30);
  text::Tree send;
};
const config::Section<TimedSend>& section_of(const TimedSend*);

// A frame that a step waits for. Others that come meanwhile are passed over, but for the rules.
struct Acknowledgement {
  FrameMatch frame;
  Span within = std::chrono::seconds(5);
  Captures capture;
};
const config::Section<Acknowledgement>& section_of(const Acknowledgement*);

// Something is sent, or waited for, or first the one and then the other.
struct ScriptStep {
  text::Tree send;
  std::optional<Acknowledgement> expect;
};
const config::Section<ScriptStep>& section_of(const ScriptStep*);

// Where the answer stands: in the terminal event, or spread over events of some names.
struct AnswerPlaces {
  std::vector<text::Pointer> at;  // first filled place
  std::vector<std::string> of;    // ids of events; empty: the terminal one
  std::string join;               // what stands between the texts of several
};
const config::Section<AnswerPlaces>& section_of(const AnswerPlaces*);

// A chat protocol as data: how messages are cut and decoded, which steps come before the session is
// ready, what is sent, which events in which partial order, what is terminal, where the answer
// stands, whose a frame is. Constant after loading.
struct Dialect {
  std::string name;
  Framing framing;
  std::vector<text::Template> subprotocols;  // offered by a socket that names none
  // Close codes that say that a token is refused, beside those that any server may mean so.
  std::vector<int> refusal_codes;
  std::vector<text::Pointer> type;      // first non-empty place
  std::vector<text::Pointer> event_id;  // first non-empty place
  std::vector<SessionRule> rules;       // the first that a frame is for
  std::vector<TimedSend> timed;
  std::vector<ScriptStep> steps;        // from the upgrade until the ready message
  FrameMatch ready;                     // the ready message; during a conversation it is no event
  std::vector<ScriptStep> before_send;  // of a conversation; {{prompt}} is known
  text::Tree send;
  // The correlation ladder: places whose value, if there is one, must be that of the template.
  // A frame is foreign if one differs, own if one is there and none differs.
  std::map<text::Pointer, text::Template> correlate;
  // The last rung of the ladder: a frame without any of these ids is own, because ours is the only
  // run on this connection. Else it is unattributed, evidence of nothing.
  bool only_run = true;
  EventRules rules_of_events;
  AnswerPlaces answer;
  std::map<std::string, text::Template> vars;  // made once a session: {{vars.thread_id}}

  // The variables in an order in which each needs only those before it, and of each what it needs.
  struct Made {
    std::string name;
    std::vector<std::string> needs;
    bool of_turn = false;  // it says the prompt, so it is made in each conversation
  };
  std::vector<Made> made;
  text::Needs needs;  // what its templates need and it does not supply itself: token, identity.*
};
const config::Section<Dialect>& section_of(const Dialect*);

// Whether somebody has to log in before it is spoken: one of its templates names the token.
bool needs_token(const Dialect& dialect);
// Whether a name is that of one of its variables.
bool supplies(const Dialect& dialect, std::string_view name);

// Tells what does not fit together in a dialect that was read, and fills in what follows from the
// rest. True if nothing was wrong.
bool complete(Dialect& dialect, const config::Reader& reader, const config::Place& place);

// The built-in dialects, read from their YAML at each call, so that nobody keeps what no probe
// speaks; aborts if one is wrong (a test loads them all).
using Dialects = std::map<std::string, std::shared_ptr<const Dialect>>;
Dialects built_in();
bool is_built_in(std::string_view name);
// Spoken where none is named: agent-events.
const std::shared_ptr<const Dialect>& usual_dialect();

}  // namespace sonde::dialect

namespace sonde::config {
// The section, and then `complete`.
template <>
struct Codec<dialect::Dialect> {
  static bool read(const Value&, const Reader&, const Rule&, dialect::Dialect& out);
  static Value schema(const Rule&);
  static std::string show(const dialect::Dialect& dialect) { return dialect.name; }
};

// A list of places, or in full.
template <>
struct Codec<dialect::AnswerPlaces> {
  static bool read(const Value&, const Reader&, const Rule&, dialect::AnswerPlaces& out);
  static Value schema(const Rule&);
  static std::string show(const dialect::AnswerPlaces&) { return ""; }
};
}  // namespace sonde::config
