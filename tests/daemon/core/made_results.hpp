#pragma once
#include <string>
#include <utility>

#include "daemon/core/result.hpp"

namespace sonde {

// Builds a Result by hand: a chat of target staging, at a fixed wall-clock time, whose trace
// begins at the epoch of the monotonic clock.
class MadeResult {
 public:
  explicit MadeResult(std::string probe = "chat", std::string target = "staging",
                      std::string kind = "chat")
      : check_(std::make_shared<Check>()) {
    check_->name = std::move(probe);
    check_->target = std::move(target);
    check_->kind = std::move(kind);
  }

  static Instant at(int milliseconds) {
    return Instant{} + std::chrono::milliseconds(milliseconds);
  }

  Trace& trace() { return *trace_; }
  MadeResult& failed(Step step, Reason reason, std::string detail = "") {
    verdict_ = Verdict::of(step, Failure{reason, std::move(detail)});
    return *this;
  }
  MadeResult& concluded(Reason cause) {
    verdict_.concluded = cause;
    return *this;
  }
  MadeResult& took(int milliseconds) {
    took_ = std::chrono::milliseconds(milliseconds);
    return *this;
  }
  MadeResult& attempt(int number) {
    attempt_ = number;
    return *this;
  }
  MadeResult& frame(Direction direction, std::string_view text, int milliseconds) {
    trace_->frame(direction, "text", text, at(milliseconds));
    return *this;
  }
  MadeResult& event(std::string name, EventState state, int milliseconds) {
    trace_->event({std::move(name), state, std::chrono::milliseconds(milliseconds)});
    return *this;
  }

  Result result() const {
    using std::chrono::milliseconds;
    Result result{.check = check_,
                  .verdict = verdict_,
                  .started = std::chrono::system_clock::time_point{milliseconds(1'767'323'045'678)},
                  .begun = at(0),
                  .took = took_,
                  .attempt = attempt_,
                  .worker = 0,
                  .trace = nullptr};
    conclude(result, trace_);
    return result;
  }
  ResultPtr shared() const { return std::make_shared<Result>(result()); }

 private:
  std::shared_ptr<Check> check_;
  std::shared_ptr<Trace> trace_ = std::make_shared<Trace>(at(0));
  Verdict verdict_ = Verdict::pass();
  Span took_ = std::chrono::milliseconds(1200);
  int attempt_ = 1;
};

// A chat that logged in, upgraded, and received two of its events.
inline MadeResult made_chat() {
  MadeResult made;
  Trace& trace = made.trace();
  trace.at(Step::login);
  trace.open(Phase::login, MadeResult::at(0));
  trace.enter(Phase::resolve, MadeResult::at(1));
  trace.enter(Phase::connect, MadeResult::at(3));
  trace.close(Phase::login, MadeResult::at(50));
  trace.at(Step::upgrade);
  trace.open(Phase::upgrade, MadeResult::at(50));
  trace.enter(Phase::connect, MadeResult::at(51));
  trace.close(Phase::upgrade, MadeResult::at(90));
  trace.at(Step::events);
  trace.enter(Phase::events, MadeResult::at(100));
  trace.enter(Phase::close, MadeResult::at(1150));
  trace.finish(MadeResult::at(1200));
  trace.sent = MadeResult::at(100);
  made.event("agent_started", EventState::received, 20);
  made.event("agent_completed", EventState::received, 1000);
  return made;
}

}  // namespace sonde
