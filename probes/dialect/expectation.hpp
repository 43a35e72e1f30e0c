#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "probes/core/trace.hpp"
#include "probes/dialect/event.hpp"

namespace sonde::dialect {

// Whose a frame is. Unattributed frames are evidence of nothing.
enum class Owner : std::uint8_t { own, foreign, unattributed };

// An incoming message after decoding.
struct Incoming {
  std::string_view type;      // first non-empty of the dialect's type pointers
  std::string_view event_id;  // the server's id of this event; empty: none
  text::Json body;
  Owner owner = Owner::own;
  Instant at;
};

// How a conversation came to its end.
enum class End : std::uint8_t { settled, closed, deadline };

// Frames in, verdict out (the semantics of events): counts, order, pairs, deadlines. Pure: the
// times are arguments. Precedence of the one reason: foreign > agent_error > connection end >
// timeout, stall or late > missing > forbidden > after_terminal > unpaired > duplicate > order >
// malformed > unknown; every count is kept all the same. An event behind the terminal one is
// after_terminal, whatever else it is. What it keeps of a message has a fixed size, so the bound on
// frames bounds it.
class Expectation {
 public:
  struct State;
  // `rules` must outlive it.
  Expectation(const EventRules& rules, Instant sent, text::Names& names);

  // Which event a message of ours is; null: none that the rules name, or somebody else's.
  const EventSpec* event_of(const Incoming& message) const;
  // Takes a message; why it is a wrong one, or empty.
  std::string see(const Incoming& message);
  // When the conversation is over although nothing arrives: the longest silence, the end of the
  // settle time. Nothing: only the deadline of the run is left. An event's own limit ends nothing,
  // because only later is it known whether the event is late or missing.
  std::optional<Instant> next_limit() const;
  // Tells it that `now` has come; true if the conversation is over.
  bool passed(Instant now);
  bool terminal_seen() const;

  // The judgement: empty if every expectation holds. `ending` is the connection's, for `closed`.
  std::optional<Failure> finish(End how, const Ending& ending, Instant now);

  // After finish: what goes into the trace. An event that is missing has the time of the judgement.
  // A row for each event that was required, and for each other one that had something wrong.
  std::vector<EventNote> notes() const;
  std::vector<Trace::Delivery> deliveries() const;
  std::optional<Span> first_event() const, terminal_event() const, longest_silence() const;

  // Copying would double what was counted.
  Expectation(const Expectation&) = delete;
  Expectation& operator=(const Expectation&) = delete;
  ~Expectation();

 private:
  std::unique_ptr<State> state_;
};

}  // namespace sonde::dialect
