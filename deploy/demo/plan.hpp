#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "deploy/demo/answer.hpp"

namespace sonde::demo {

class Ids;

// The events that an agent sends during its run, in this order. `error` replaces `completed`.
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

// A run before it begins: what will be sent, and when. Pure; faults edit it.
struct Plan {
  std::string prompt, thread, run, execution;
  Work work;
  std::string answer;
  std::vector<Beat> beats;
  bool to_everybody = false;  // also sent to the sessions of other users
  bool ends = false;          // FIN after the last event, without a Close
};

// The run of a correct agent for a prompt.
Plan make_plan(std::string prompt, std::string thread, std::chrono::milliseconds think, Ids& ids);

// Edits. They have no effect if the plan does not have the event.
void drop(Plan& plan, Event event);
void double_up(Plan& plan, Event event);
void swap_with_predecessor(Plan& plan, Event event);  // the first one is swapped with its successor
void delay(Plan& plan, Event event, std::chrono::milliseconds by);
void move_to_end(Plan& plan, Event event);
void cut_after(Plan& plan, Event event);

}  // namespace sonde::demo
