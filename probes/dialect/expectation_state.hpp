#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "probes/dialect/expectation.hpp"

namespace sonde::dialect {

// Whether everything that was opened was closed: by key if every frame of both events had one,
// otherwise by counting (never more closed than opened, and the same number at the end).
class Pairing {
 public:
  enum class Result : std::uint8_t { fine, unopened, unclosed, out_of_order };

  Pairing(std::size_t opener, std::size_t closer) : opener_(opener), closer_(closer) {}
  std::size_t opener() const { return opener_; }  // indices of the two events
  std::size_t closer() const { return closer_; }

  void opened(std::optional<std::size_t> key) { note(true, key); }
  void closed(std::optional<std::size_t> key) { note(false, key); }
  Result judge() const;

 private:
  struct Note {
    bool open;
    std::size_t key;
  };
  void note(bool open, std::optional<std::size_t> key);

  std::size_t opener_;
  std::size_t closer_;
  bool keyed_ = true;
  std::vector<Note> notes_;
};

// Counts for one event of the dialect. `own` and `late` do not include duplicates.
struct Tally {
  const EventSpec* spec = nullptr;
  std::uint32_t own = 0, late = 0, duplicated = 0, foreign = 0, after_terminal = 0;
  bool out_of_order = false;
  std::optional<Instant> first;         // set even if it was late
  std::size_t position = 0;             // of the first one, among all notes
  std::unordered_set<std::size_t> ids;  // hashes of the server's event ids

  bool seen() const { return first.has_value(); }
};

// The first fault of each kind, as a sentence; empty: none.
struct Faults {
  std::string foreign, agent_error, late, forbidden, duplicate, after_terminal, malformed, unknown;
};

struct Expectation::State {
  const EventRules& rules;
  text::Names& names;
  Instant sent;
  std::vector<Tally> tallies;
  std::vector<Pairing> pairings;
  std::vector<EventNote> notes;
  Faults faults;
  std::uint32_t foreign = 0, unattributed = 0, unknown = 0;
  bool any_own = false;   // own frames of any type
  std::string last_name;  // of the last own event
  Instant last_own;
  std::optional<Instant> first_event, terminal_at;
  std::string terminal_name;
  Span longest{};
  bool stalled = false;

  State(const EventRules& event_rules, Instant sent_at, text::Names& known);

  Tally* tally_of(const Incoming& message);
  const Tally* named(std::string_view id) const;
  std::string see_own(const Incoming& message);
  std::string see_unknown(const Incoming& message);
  std::string see_event(Tally& tally, const Incoming& message);
  std::string see_after(Tally& tally, const Incoming& message, bool duplicate);
  std::string see_late(const std::string& what, Instant at);
  void see_first(Tally& tally, Instant at);
  std::string count(Tally& tally, const Incoming& message);
  std::string see_order(const Tally& tally) const;
  void note(const Tally& tally, EventState state, Instant at);
  void pair(const Tally& tally, const Incoming& message);
  void end_if_terminal(const Tally& tally, Instant at);
  void silence(Instant now);

  bool required(const EventSpec& spec) const;
  // An answer may be read before its send is reported as completed.
  double since_send(Instant at) const { return seconds(std::max(at - sent, Span{})); }
};

// Keeps only the first fault of its kind.
inline void keep_first(std::string& fault, std::string what) {
  if (fault.empty()) fault = std::move(what);
}

// The text of the first place that is neither absent, null nor empty.
std::string first_filled(const std::vector<text::Pointer>& places, text::Json root);

}  // namespace sonde::dialect
