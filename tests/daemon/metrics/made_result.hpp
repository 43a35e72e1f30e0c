#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "daemon/core/result.hpp"

namespace sonde::metrics {

inline std::shared_ptr<Check> chat_check(std::string name = "chat",
                                         std::string target = "staging") {
  auto check = std::make_shared<Check>();
  check->name = std::move(name);
  check->kind = "chat";
  check->target = std::move(target);
  check->every = std::chrono::seconds(60);
  check->timeout = std::chrono::seconds(30);
  check->steps = {Step::login, Step::upgrade, Step::ready, Step::events, Step::answer};
  check->events = {"agent_started", "agent_completed"};
  return check;
}

// A Result under construction; `done` makes it what sinks are handed.
struct Making {
  Result result;
  std::shared_ptr<Trace> trace = std::make_shared<Trace>(Instant(std::chrono::seconds(100)));

  Making(std::shared_ptr<const Check> check, Verdict verdict) {
    result.check = std::move(check);
    result.id = "6553f1000123456789abcdef01234567";
    result.verdict = std::move(verdict);
    result.started = std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000));
    result.took = std::chrono::milliseconds(500);
    result.lateness = std::chrono::microseconds(200);
  }
  ResultPtr done() {
    result.trace = trace;
    return std::make_shared<const Result>(result);
  }
};

inline ResultPtr made(std::shared_ptr<const Check> check, Verdict verdict, int attempt = 1) {
  Making making(std::move(check), std::move(verdict));
  making.result.attempt = attempt;
  return making.done();
}

inline Verdict failed(Step step, Reason reason) { return Verdict::of(step, {reason, ""}); }

}  // namespace sonde::metrics
