#include "deploy/demo/plan.hpp"

#include <algorithm>
#include <array>

#include "deploy/demo/text.hpp"

namespace sonde::demo {
namespace {

constexpr std::array<std::string_view, 6> names = {"agent_started",   "agent_thinking",
                                                   "tool_executing",  "tool_completed",
                                                   "agent_completed", "agent_error"};

auto find(Plan& plan, Event event) { return std::ranges::find(plan.beats, event, &Beat::event); }

}  // namespace

std::string_view name(Event event) { return names[static_cast<std::size_t>(event)]; }

std::optional<Event> event_named(std::string_view wanted) {
  const auto found = std::ranges::find(names, wanted);
  if (found == names.end()) return std::nullopt;
  return static_cast<Event>(found - names.begin());
}

Plan make_plan(std::string prompt, std::string thread, std::chrono::milliseconds think, Ids& ids) {
  Plan plan;
  plan.work = work_out(prompt);
  plan.answer = plan.work.answer;
  plan.prompt = std::move(prompt);
  plan.thread = thread.empty() ? ids.next("thread") : std::move(thread);
  plan.run = ids.next("run");
  plan.execution = ids.next("exec");
  for (const auto event : {Event::started, Event::thinking, Event::tool_executing,
                           Event::tool_completed, Event::completed}) {
    const auto wait = event == Event::started ? std::chrono::milliseconds(0) : think;
    plan.beats.push_back({.event = event, .wait = wait, .id = ids.next("evt")});
  }
  return plan;
}

void drop(Plan& plan, Event event) {
  const auto found = find(plan, event);
  if (found != plan.beats.end()) plan.beats.erase(found);
}

void double_up(Plan& plan, Event event) {
  const auto found = find(plan, event);
  if (found == plan.beats.end()) return;
  auto again = *found;
  again.wait = {};
  plan.beats.insert(found + 1, again);
}

void swap_with_predecessor(Plan& plan, Event event) {
  const auto found = find(plan, event);
  if (found == plan.beats.end() || plan.beats.size() < 2) return;
  const auto other = found == plan.beats.begin() ? found + 1 : found - 1;
  std::swap(found->event, other->event);
  std::swap(found->id, other->id);
}

void delay(Plan& plan, Event event, std::chrono::milliseconds by) {
  const auto found = find(plan, event);
  if (found != plan.beats.end()) found->wait += by;
}

void move_to_end(Plan& plan, Event event) {
  const auto found = find(plan, event);
  if (found != plan.beats.end()) std::rotate(found, found + 1, plan.beats.end());
}

void cut_after(Plan& plan, Event event) {
  const auto found = find(plan, event);
  if (found != plan.beats.end()) plan.beats.erase(found + 1, plan.beats.end());
}

}  // namespace sonde::demo
