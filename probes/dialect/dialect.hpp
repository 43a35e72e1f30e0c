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
#include "probes/dialect/http_send.hpp"
#include "probes/text/needs.hpp"
#include "probes/text/tree.hpp"

namespace sonde::dialect {

// What a frame has to be for a rule, the ready message or a step: its type, and values in its JSON.
struct FrameMatch {
  std::vector<std::string> type;  // one of these; empty: any
  text::Comparisons json;
};
const config::Section<FrameMatch>& section_of(const FrameMatch*);

// Values kept for the run, by the name of a variable: {thread_id: /thread_id}.
using Captures = std::map<std::string, text::Pointer>;

// Applies during the whole session, before any expectation: a frame that it matches is not an
// event.
struct SessionRule {
  FrameMatch when;
  text::Tree reply;     // sent back; {{frame/thread_id}} is the text at /thread_id of the frame
  bool ignore = false;  // the frame is ignored
  std::string fail;     // name of a reason; the run fails with the text found at `detail`
  std::vector<text::Pointer> detail;  // first non-empty one
  Captures capture;
};
const config::Section<SessionRule>& section_of(const SessionRule*);

// Sent repeatedly while the session is listened to.
struct TimedSend {
  Span every = std::chrono::seconds(30);
  text::Tree send;
};
const config::Section<TimedSend>& section_of(const TimedSend*);

// A frame that a step waits for. Other frames meanwhile are skipped, except by the rules.
struct Acknowledgement {
  FrameMatch frame;
  Span within = std::chrono::seconds(5);
  Captures capture;
};
const config::Section<Acknowledgement>& section_of(const Acknowledgement*);

// Sends something, or waits for something, or sends first and then waits. A request is made after
// the frame.
struct ScriptStep {
  text::Tree send;
  std::optional<HttpSend> request;
  std::optional<Acknowledgement> expect;
};
const config::Section<ScriptStep>& section_of(const ScriptStep*);

// Where the answer is: in the terminal event, or spread over events with the given ids.
struct AnswerPlaces {
  std::vector<text::Pointer> at;  // first non-empty one
  std::vector<std::string> of;    // ids of events; empty: the terminal event
  std::string join;               // separator between several texts
};
const config::Section<AnswerPlaces>& section_of(const AnswerPlaces*);

// A chat protocol as data: how messages are split and decoded, which steps precede a ready session,
// what is sent, which events are expected in which partial order, which are terminal, where the
// answer is, and whose a frame is. Immutable after loading.
struct Dialect {
  std::string name;
  Framing framing;
  std::vector<text::Template> subprotocols;  // offered by a socket that lists none
  // Close codes that mean a rejected token, in addition to the usual ones.
  std::vector<int> refusal_codes;
  std::vector<text::Pointer> type;      // first non-empty one
  std::vector<text::Pointer> event_id;  // first non-empty one
  std::vector<SessionRule> rules;       // the first one that matches a frame applies
  std::vector<TimedSend> timed;
  std::vector<ScriptStep> steps;        // from the upgrade until the ready message
  FrameMatch ready;                     // the ready message; not an event during a conversation
  std::vector<ScriptStep> before_send;  // of a conversation; {{prompt}} is set
  text::Tree send;
  std::optional<HttpSend> request;  // asks instead of `send`
  // Correlation: places whose value, if present, has to equal the template. A frame is foreign if
  // one differs, and own if one is present and none differs.
  std::map<text::Pointer, text::Template> correlate;
  // A frame without any of these ids is own if this is true, because ours is the only run on this
  // connection. Otherwise it is unattributed, and proves nothing.
  bool only_run = true;
  EventRules rules_of_events;
  AnswerPlaces answer;
  std::map<std::string, text::Template> vars;  // set once for each session: {{vars.thread_id}}

  // The variables, ordered so that each needs only earlier ones, with the names that it needs.
  struct Made {
    std::string name;
    std::vector<std::string> needs;
    bool of_turn = false;  // it uses the prompt, so it is set for each conversation
  };
  std::vector<Made> made;
  text::Needs needs;  // names that its templates need and it does not set itself: token, identity.*
};
const config::Section<Dialect>& section_of(const Dialect*);

// Whether it needs a login: one of its templates uses the token.
bool needs_token(const Dialect& dialect);
// Whether `name` is one of its variables.
bool supplies(const Dialect& dialect, std::string_view name);

// Reports what does not fit together in a dialect that was read, and fills in derived values.
// Returns whether there was no mistake.
bool complete(Dialect& dialect, const config::Reader& reader, const config::Place& place);

}  // namespace sonde::dialect

namespace sonde::config {
// Reads the section, then calls `complete`.
template <>
struct Codec<dialect::Dialect> {
  static bool read(const Value&, const Reader&, const Rule&, dialect::Dialect& out);
  static Value schema(const Rule&);
  static std::string show(const dialect::Dialect& dialect) { return dialect.name; }
};

// A list of places, or the full mapping.
template <>
struct Codec<dialect::AnswerPlaces> {
  static bool read(const Value&, const Reader&, const Rule&, dialect::AnswerPlaces& out);
  static Value schema(const Rule&);
  static std::string show(const dialect::AnswerPlaces&) { return ""; }
};
}  // namespace sonde::config
