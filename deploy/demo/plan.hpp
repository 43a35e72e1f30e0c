#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "deploy/demo/answer.hpp"

namespace sonde::demo {

class Ids;

// What an agent tells of its run, in this order. `error` comes instead of `completed`.
enum class Event : std::uint8_t {
  started,
  thinking,
  tool_executing,
  tool_completed,
  completed,
  error
};
std::string_view name(Event event);  // "agent_started"
std::optional<Event> event_named(std::string_view name);

// One event of a run, and how long the agent takes before it.
struct Beat {
  Event event = Event::started;
  std::chrono::milliseconds wait{};
  std::string id;  // a second delivery of an event has the id of the first
};

// A run before it begins: what will be sent, and when. Pure; faults are edits of it.
struct Plan {
  std::string prompt, thread, run, execution;
  Work work;
  std::string answer;
  std::vector<Beat> beats;
  bool to_everybody = false;  // also to the sessions of other users
  bool ends = false;          // FIN after the last beat, without a Close
};

// The run that an honest agent makes of a prompt.
Plan make_plan(std::string prompt, std::string thread, std::chrono::milliseconds think, Ids& ids);

// Edits. An event that the plan does not hold changes nothing.
void drop(Plan& plan, Event event);
void double_up(Plan& plan, Event event);
void swap_with_predecessor(Plan& plan, Event event);  // the first one: with its successor
void delay(Plan& plan, Event event, std::chrono::milliseconds by);
void move_to_end(Plan& plan, Event event);
void cut_after(Plan& plan, Event event);

}  // namespace sonde::demo
