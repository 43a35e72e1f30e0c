#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/section.hpp"
#include "probes/core/clock.hpp"
#include "probes/text/match.hpp"
#include "probes/text/pointer.hpp"

namespace sonde::dialect {

// What an event means for the end of a run.
enum class Terminal : std::uint8_t { no, ok, bad };

std::span<const config::Named<Terminal>> names_of(const Terminal*);

// What happens to events that the dialect does not name, and to those of another run.
enum class Unknown : std::uint8_t { ignore, count, fail };
std::span<const config::Named<Unknown>> names_of(const Unknown*);

// One event of a dialect, and what is expected of it. `id` is the canonical name in metrics and
// alerts, whatever the product calls the event. In YAML: `id: {type: turn.begin, min: 1, ...}`, or
// shorter `id: turn.begin`.
struct EventSpec {
  std::string id;
  std::vector<std::string> types;       // type in the frame; empty: the id
  text::Comparisons json;               // further conditions for a frame to be this event
  int min = 1;                          // always 0 for a forbidden event and a bad end
  int max = 0;                          // 0: any number
  std::vector<std::string> after;       // ids: not before the first event of each
  std::vector<std::string> before;      // ids: its first event precedes the first of each
  std::string pairs_with;               // id of the event that opens what this one closes
  std::vector<text::Pointer> pair_key;  // first non-empty one, in both; none: pair by counting
  std::string required_if;              // an id: required once that event was seen
  std::vector<text::Pointer> fields;    // places that must not be empty
  Span within{};                        // from the completed send; 0: no limit of its own
  bool forbid = false;
  Terminal terminal = Terminal::no;
  std::vector<text::Pointer> detail;  // of a bad end: its text; first non-empty one
};
const config::Section<EventSpec>& section_of(const EventSpec*);
// Whether a frame of that type may be this event.
bool has_type(const EventSpec& spec, std::string_view type);

// What is expected of a run.
struct EventRules {
  std::vector<EventSpec> events;
  std::vector<std::string> terminal_all_of;      // ids; empty: the first event with terminal ok
  Span gap_max{};                                // between own events; 0: no limit
  Span settle = std::chrono::milliseconds(750);  // after the terminal event
  Unknown unknown = Unknown::count;
  Unknown foreign = Unknown::fail;
  std::vector<std::string> tool_events;  // if all of them are missing, the reason is tool_not_used
};
// The keys `events`, `terminal_all_of`, `gap_max`, `settle`, `unknown_events`, `foreign_events` and
// `tool_events`. If read over existing rules, `events` changes the events that it names and keeps
// the rest.
const config::Section<EventRules>& section_of(const EventRules*);

// Reports every id in `rules` that is not the id of one of its events; returns whether there is
// none.
bool check(const EventRules& rules, const config::Reader& reader, const config::Place& place);

// Removes an event, and what others say of it.
void forget(std::vector<EventSpec>& events, const std::string& id);
// The events that a run may be expected to receive: neither forbidden nor a bad end.
std::vector<std::string> event_names(const EventRules& rules);

}  // namespace sonde::dialect

namespace sonde::config {
// A mapping with canonical names as keys.
template <>
struct Codec<std::vector<dialect::EventSpec>> {
  static bool read(const Value&, const Reader&, const Rule&, std::vector<dialect::EventSpec>& out);
  static Value schema(const Rule&);
  static std::string show(const std::vector<dialect::EventSpec>&) { return ""; }
};
}  // namespace sonde::config
