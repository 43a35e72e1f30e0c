#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "probes/core/trace.hpp"
#include "probes/dialect/event.hpp"

namespace sonde::dialect {

// Whose a frame is. Unattributed frames prove nothing.
enum class Owner : std::uint8_t { own, foreign, unattributed };

// An incoming message after decoding.
struct Incoming {
  std::string_view type;      // first non-empty of the dialect's type pointers
  std::string_view event_id;  // the server's id of this event; empty: none
  text::Json body;
  Owner owner = Owner::own;
  Instant at;
};

// How a conversation ended.
enum class End : std::uint8_t { settled, closed, deadline };

// Judges the frames of a conversation: counts, order, pairs and deadlines of events. Pure: times
// are arguments. Precedence of the reason: foreign > agent_error > connection end > timeout, stall
// or late > missing > forbidden > after_terminal > unpaired > duplicate > order > malformed >
// unknown; all counts are kept regardless. An event after the terminal one is always
// after_terminal. What is stored for a message has a fixed size, so the limit on frames bounds the
// memory.
class Expectation {
 public:
  struct State;
  // `rules` has to outlive it.
  Expectation(const EventRules& rules, Instant sent, text::Names& names);

  // The event that an own message is; null: no event of the rules, or not ours.
  const EventSpec* event_of(const Incoming& message) const;
  // The same of a message of anybody.
  const EventSpec* spec_of(const Incoming& message) const;
  // Processes a message; returns why it is wrong, or an empty text.
  std::string see(const Incoming& message);
  // When the conversation ends if nothing arrives: longest silence, end of the settle time.
  // nullopt: only the deadline of the run is left. An event's own limit does not end it, because
  // only later is it known whether the event is late or missing.
  std::optional<Instant> next_limit() const;
  // Call when `now` has come; returns whether the conversation is over.
  bool passed(Instant now);
  bool terminal_seen() const;
  // Whether the conversation has ended by an event, a terminal one or the agent's error.
  bool has_ended() const;
  // Whether a required event has not come yet.
  bool is_incomplete() const;

  // The verdict: empty if every expectation is met. `ending` is that of the connection, for
  // `closed`.
  std::optional<Failure> finish(End how, const Ending& ending, Instant now);

  // Valid after finish(): data for the trace. A missing event has the time of the verdict. There is
  // a row for each required event, and for each other event that was wrong.
  std::vector<EventNote> notes() const;
  std::vector<Trace::Delivery> deliveries() const;
  std::optional<Span> first_event() const, terminal_event() const, longest_silence() const;

  // A copy would count everything twice.
  Expectation(const Expectation&) = delete;
  Expectation& operator=(const Expectation&) = delete;
  ~Expectation();

 private:
  std::unique_ptr<State> state_;
};

}  // namespace sonde::dialect
