#pragma once
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "deploy/demo/message.hpp"
#include "deploy/demo/plan.hpp"

namespace sonde::demo {

// m of every n attempts, evenly spread: of the attempts 0 to n-1 exactly m are due, also if m and n
// have common factors. 0 < m <= n <= 10,000.
struct Share {
  std::uint64_t m = 1, n = 1;
  bool due(std::uint64_t attempt) const { return attempt % n * m % n < m; }
};
std::expected<Share, std::string> parse_share(std::string_view text);  // "2/5"

// The settings of a fault besides its name.
struct Value {
  Event event = Event::tool_completed;
  std::chrono::milliseconds time{};
};
enum class Takes : std::uint8_t { nothing, time, event, event_and_time };
std::expected<Value, std::string> parse_value(Takes takes, std::string_view text);

// The treatment of an upgrade to /websocket.
struct Entry {
  std::optional<Reply> refusal;    // instead of an upgrade
  bool lets_everybody_in = false;  // without a token or with a bad one: demo-user-001
  bool forgets_identity = false;   // every user is demo-user-001
  bool silent = false;             // no ready message
  bool closes = false;             // accepted, then Close 1008
  bool ends = false;               // accepted, then FIN
};

// Where a fault acts; each attempt there counts for its share.
enum class Place : std::uint8_t { login, health, page, upgrade, run };
using Effect = std::variant<void (*)(Reply&, const Value&), void (*)(Entry&, const Value&),
                            void (*)(Plan&, const Value&)>;

// One row of the table of faults (fault_table.cpp).
struct Fault {
  std::string_view name;
  Place place;
  Takes takes;
  std::string_view standard;  // default if no value is given
  std::string_view help;
  Effect does;
};
std::span<const Fault> fault_table();

// The faults that are on, and the attempts that they affect.
class Faults {
 public:
  Faults();
  bool knows(std::string_view name) const;
  // The counter restarts. The error says which name or value is wrong.
  std::expected<void, std::string> switch_on(std::string_view name, std::string_view share,
                                             std::string_view value);
  bool switch_off(std::string_view name);  // false: there is no such fault
  void all_off();
  // Applies every fault of this place that is due to its subject: a Reply for login, health and
  // page, an Entry for upgrade, a Plan for run.
  template <class Subject>
  void meet(Place place, Subject& subject);
  std::string list() const;  // JSON

 private:
  struct State {
    const Fault* fault;
    bool on = false;
    Share share;
    std::string text;  // the value as given
    Value value;
    std::uint64_t attempts = 0, hits = 0;
  };
  const State* find(std::string_view name) const;
  State* find(std::string_view name);

  std::vector<State> states_;
};

}  // namespace sonde::demo
