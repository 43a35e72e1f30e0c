#include "daemon/app/run_log.hpp"

#include "daemon/core/change.hpp"
#include "daemon/core/format.hpp"

namespace sonde::app {
namespace {

bool is_last_attempt(const Result& result) {
  return result.verdict.outcome != Outcome::fail || result.attempt > result.check->retries;
}

void say_of(const Result& result, log::Level level, std::string_view message) {
  const Verdict& verdict = result.verdict;
  const bool passed = verdict.outcome == Outcome::pass;
  log::say(level, message,
           {{"probe", result.check->name},
            {"target", result.check->target},
            {"step", passed ? "" : std::string(name(verdict.step))},
            {"reason", std::string(name(verdict.reason))},
            {"detail", verdict.detail},
            {"run", as_rfc3339(result.started)}});
}

}  // namespace

void RunLog::accept(const ResultPtr& result) {
  const Verdict& verdict = result->verdict;
  say_of(*result, log::Level::debug, "run");
  if (!is_last_attempt(*result)) return;
  const std::string key = key_of(*result->check);
  if (verdict.outcome == Outcome::pass) {
    if (failing_.erase(key) > 0) say_of(*result, log::Level::info, "check passes again");
  } else if (verdict.outcome == Outcome::fail) {
    const Cause cause{verdict.step, verdict.reason};
    const auto [at, fresh] = failing_.try_emplace(key, cause);
    if (!fresh && at->second == cause) return;
    at->second = cause;
    say_of(*result, log::Level::info, fresh ? "check fails" : "check fails for another reason");
  }
}

}  // namespace sonde::app
