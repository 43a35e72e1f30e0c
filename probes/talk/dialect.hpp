#pragma once
#include <expected>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "probes/talk/event.hpp"
#include "probes/text/tree.hpp"

namespace sonde::talk {

// What a frame must be for a rule, the ready message or the correlation: its type, or places.
struct FrameMatch {
  std::vector<std::string> type;  // one of these; empty: any
  text::Comparisons json;
};
const config::Section<FrameMatch>& section_of(const FrameMatch*);

// Active for the whole session, before any expectation: a reply, nothing, or a failure.
struct SessionRule {
  FrameMatch when;
  text::Tree reply;
  bool ignore = false;
  std::string fail;  // a reason's name; with the text found at `detail`
  std::vector<text::Pointer> detail;
};
const config::Section<SessionRule>& section_of(const SessionRule*);

// A chat protocol as data: how frames are decoded, what is sent, which events in which partial
// order, what is terminal, where the answer stands, whose a frame is. Constant after loading.
struct Dialect {
  std::string name;
  std::vector<text::Pointer> type;      // first non-empty place
  std::vector<text::Pointer> event_id;  // first non-empty place
  std::vector<SessionRule> rules;
  FrameMatch ready;
  text::Tree send;
  // The correlation ladder: places whose value, if there is one, must be that of the template.
  std::map<text::Pointer, text::Template> correlate;
  EventRules rules_of_events;
  std::vector<text::Pointer> answer;  // first non-empty place, of the terminal event
  std::map<std::string, text::Template> vars;  // made once a run: {{vars.thread_id}}
};
const config::Section<Dialect>& section_of(const Dialect*);

// The built-in dialects, read from their YAML; aborts if one is wrong (a test loads them all).
const std::map<std::string, std::shared_ptr<const Dialect>>& built_in();

}  // namespace sonde::talk
