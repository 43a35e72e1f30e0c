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

// m of every n attempts, evenly spread: of the attempts 0 to n-1 exactly m are due, whatever m
// and n have in common. 0 < m <= n <= 10,000.
struct Share {
  std::uint64_t m = 1, n = 1;
  bool due(std::uint64_t attempt) const { return attempt % n * m % n < m; }
};
std::expected<Share, std::string> parse_share(std::string_view text);  // "2/5"

// What a fault is told beside its name.
struct Value {
  Event event = Event::tool_completed;
  std::chrono::milliseconds time{};
};
enum class Takes : std::uint8_t { nothing, time, event, event_and_time };
std::expected<Value, std::string> parse_value(Takes takes, std::string_view text);

// What becomes of an upgrade to /websocket.
struct Entry {
  std::optional<Reply> refusal;    // instead of an upgrade
  bool lets_everybody_in = false;  // no token or a bad one: demo-user-001
  bool forgets_identity = false;   // everybody is demo-user-001
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
  std::string_view standard;  // the value if none is given
  std::string_view help;
  Effect does;
};
std::span<const Fault> fault_table();

// Which faults are on, and whom they meet.
class Faults {
 public:
  Faults();
  bool knows(std::string_view name) const;
  // Counting begins anew. The error says which name or value is wrong.
  std::expected<void, std::string> switch_on(std::string_view name, std::string_view share,
                                             std::string_view value);
  bool switch_off(std::string_view name);  // false: there is no such fault
  void all_off();
  // Lets every fault of this place that is due act upon its subject: a Reply for login,
  // health and page, an Entry for upgrade, a Plan for run.
  template <class Subject>
  void meet(Place place, Subject& subject);
  std::string list() const;  // JSON

 private:
  struct State {
    const Fault* fault;
    bool on = false;
    Share share;
    std::string text;  // the value as it was given
    Value value;
    std::uint64_t attempts = 0, hits = 0;
  };
  const State* find(std::string_view name) const;
  State* find(std::string_view name);

  std::vector<State> states_;
};

}  // namespace sonde::demo
