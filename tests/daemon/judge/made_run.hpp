#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "daemon/core/result.hpp"
#include "daemon/core/view.hpp"

namespace sonde::judge {

constexpr WallSeconds kNoon{1'800'000'000};  // on the grid of every tier

inline std::shared_ptr<Check> chat_check(std::string name = "chat") {
  auto check = std::make_shared<Check>();
  check->name = std::move(name);
  check->kind = "chat";
  check->target = "staging";
  check->steps = {Step::login, Step::upgrade, Step::ready, Step::events, Step::answer};
  check->events = {"agent_started", "tool_completed"};
  return check;
}

// A run under construction that takes half a second; `done` makes it what sinks are handed.
struct MadeRun {
  Result result;
  std::shared_ptr<Trace> trace = std::make_shared<Trace>(Instant(std::chrono::seconds(100)));

  MadeRun(std::shared_ptr<const Check> check, Verdict verdict, WallSeconds end) {
    result.check = std::move(check);
    result.verdict = std::move(verdict);
    result.took = std::chrono::milliseconds(500);
    result.started = WallTime(end) - std::chrono::milliseconds(500);
  }
  MadeRun& attempt(int number) {
    result.attempt = number;
    return *this;
  }
  MadeRun& took(Span span) {
    result.started -= std::chrono::duration_cast<WallTime::duration>(span - result.took);
    result.took = span;
    return *this;
  }
  MadeRun& auth(Step step, bool succeeded) {
    trace->auth_begun(step);
    if (succeeded) trace->auth_succeeded(step);
    return *this;
  }
  MadeRun& event(std::string name, std::uint32_t expected, std::uint32_t delivered) {
    trace->deliveries.push_back(
        {.event = std::move(name), .expected = expected, .delivered = delivered});
    return *this;
  }
  ResultPtr done() {
    result.trace = trace;
    return std::make_shared<const Result>(result);
  }
};

inline Verdict failure(Step step, Reason reason, std::string detail = "") {
  return Verdict::of(step, {reason, std::move(detail)});
}
inline Verdict missing_event() { return failure(Step::events, Reason::missing_event); }

inline Rate success_rate() { return {.of = RateOf::success}; }
inline Rate auth_rate(Step step) { return {.of = RateOf::auth, .step = step}; }
inline Rate delivery_rate(std::string event) {
  return {.of = RateOf::delivery, .event = std::move(event)};
}

}  // namespace sonde::judge
