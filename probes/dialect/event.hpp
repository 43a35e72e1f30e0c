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

// What happens to events that the dialect does not name, and to those of somebody else's run.
enum class Unknown : std::uint8_t { ignore, count, fail };
std::span<const config::Named<Unknown>> names_of(const Unknown*);

// One event of a dialect and what is expected of it. `id` is the canonical name, which metrics
// and alerts keep whatever the product calls it. In YAML: `id: {type: turn.begin, min: 1, ...}`,
// or shorter `id: turn.begin`.
struct EventSpec {
  std::string id;
  std::vector<std::string> types;   // on the wire; empty: the id
  text::Comparisons json;           // further conditions for a frame to be this event
  int min = 1;                      // of a forbidden one and of a bad end: 0, whatever is written
  int max = 0;                      // 0: any number
  std::vector<std::string> after;   // ids: not before the first of each
  std::vector<std::string> before;  // ids: the first of it stands before the first of each
  std::string pairs_with;           // the id that opens what this one closes
  std::vector<text::Pointer> pair_key;  // first non-empty place, in both; none: by counting
  std::string required_if;              // an id: required once that one was seen
  std::vector<text::Pointer> fields;    // places that must not be empty
  Span within{};                        // from the completed send; 0: no limit of its own
  bool forbid = false;
  Terminal terminal = Terminal::no;
  std::vector<text::Pointer> detail;  // of a bad end: where its text stands; first non-empty place
};
const config::Section<EventSpec>& section_of(const EventSpec*);
// Whether a frame of that type may be this event.
bool has_type(const EventSpec& spec, std::string_view type);

// The expectations of a run.
struct EventRules {
  std::vector<EventSpec> events;
  std::vector<std::string> terminal_all_of;      // ids; empty: the first event with terminal ok
  Span gap_max{};                                // between own events; 0: no limit
  Span settle = std::chrono::milliseconds(750);  // after the terminal event
  Unknown unknown = Unknown::count;
  Unknown foreign = Unknown::fail;
  std::vector<std::string> tool_events;  // missing together means tool_not_used
};
// The keys `events`, `terminal_all_of`, `gap_max`, `settle`, `unknown_events`, `foreign_events`
// and `tool_events`. Read over other rules, `events` changes what it names and keeps the rest.
const config::Section<EventRules>& section_of(const EventRules*);

// Tells every id in `rules` that is not the id of one of its events; true if there is none.
bool check(const EventRules& rules, const config::Reader& reader, const config::Place& place);

// The events that a run can be asked for: neither forbidden nor a bad end.
std::vector<std::string> event_names(const EventRules& rules);

}  // namespace sonde::dialect

namespace sonde::config {
// A mapping of canonical names.
template <>
struct Codec<std::vector<dialect::EventSpec>> {
  static bool read(const Value&, const Reader&, const Rule&, std::vector<dialect::EventSpec>& out);
  static Value schema(const Rule&);
  static std::string show(const std::vector<dialect::EventSpec>&) { return ""; }
};
}  // namespace sonde::config
