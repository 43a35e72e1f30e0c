#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "probes/talk/event.hpp"
#include "probes/trace.hpp"

namespace sonde::talk {

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
// times are arguments. Precedence of the one reason: agent_error > connection end > timeout or
// stall > missing > duplicate or order; every count is kept all the same.
class Expectation {
 public:
  // `rules` must outlive it.
  Expectation(const EventRules& rules, Instant sent, text::Names& names);

  void see(const Incoming& message);
  // When something falls due although nothing arrives: an event's limit, the longest silence, the
  // end of the settle time. Nothing: only the deadline of the run is left.
  std::optional<Instant> next_limit() const;
  // Tells it that `now` has come; true if the conversation is over.
  bool passed(Instant now);
  bool terminal_seen() const;

  // The judgement: empty if every expectation holds. `ending` is the connection's, for `closed`.
  std::optional<Failure> finish(End how, const Ending& ending, Instant now);

  // After finish: what goes into the trace.
  std::vector<EventNote> notes() const;
  std::vector<Trace::Delivery> deliveries() const;
  std::optional<Span> first_event() const, terminal_event() const, longest_silence() const;

  // Copying would double what was counted.
  Expectation(const Expectation&) = delete;
  Expectation& operator=(const Expectation&) = delete;
  ~Expectation();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sonde::talk
