#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/section.hpp"
#include "probes/clock.hpp"
#include "probes/text/match.hpp"
#include "probes/text/pointer.hpp"

namespace sonde::talk {

// What an event means for the end of a run.
enum class Terminal : std::uint8_t { no, ok, bad };

// What happens to events that the dialect does not name.
enum class Unknown : std::uint8_t { ignore, count, fail };

// One event of a dialect and what is expected of it. `id` is the canonical name, which metrics
// and alerts keep whatever the product calls it.
struct EventSpec {
  std::string id;
  std::vector<std::string> types;  // on the wire; empty: the id
  text::Comparisons json;          // further conditions for a frame to be this event
  int min = 1;
  int max = 0;                      // 0: any number
  std::vector<std::string> after;   // ids: not before the first of each
  std::vector<std::string> before;  // ids: the first of it stands before the first of each
  std::string pairs_with;           // the id that opens what this one closes
  std::optional<text::Pointer> pair_key;
  std::string required_if;          // an id: required once that one was seen
  std::vector<text::Pointer> fields;  // places that must not be empty
  Span within{};                    // from the completed send; 0: no limit of its own
  bool forbid = false;
  Terminal terminal = Terminal::no;
};
const config::Section<EventSpec>& section_of(const EventSpec*);

// The expectations of a run.
struct EventRules {
  std::vector<EventSpec> events;
  std::vector<std::string> terminal_all_of;  // ids; empty: the first event with terminal ok
  Span gap_max{};                            // between own events; 0: no limit
  Span settle = std::chrono::milliseconds(750);  // after the terminal event
  Unknown unknown = Unknown::count;
  std::vector<std::string> tool_events;  // missing together means tool_not_used
};

}  // namespace sonde::talk
