#include "daemon/app/run_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>

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
            {"run", result.id}});
}

}  // namespace

void RunLog::accept(const ResultPtr& result) {
  const Verdict& verdict = result->verdict;
  say_of(*result, log::Level::debug, "run");
  if (!is_last_attempt(*result)) return;
  const std::string key = key_of(*result->check);
  if (verdict.outcome == Outcome::pass) {
    if (failing_.erase(key) == 0) return;
    ++version_;
    say_of(*result, log::Level::info, "check passes again");
  } else if (verdict.outcome == Outcome::fail) {
    const Cause cause{verdict.step, verdict.reason};
    const auto [at, fresh] =
        failing_.try_emplace(key, Failing{result->check, cause, result->started});
    if (!fresh && at->second.cause == cause) return;
    at->second.cause = cause;
    ++version_;
    say_of(*result, log::Level::info, fresh ? "check fails" : "check fails for another reason");
  }
}

void RunLog::assign(const std::vector<std::shared_ptr<const Check>>& checks) {
  std::set<std::string> keys;
  for (const auto& check : checks) keys.insert(key_of(*check));
  version_ +=
      std::erase_if(failing_, [&](const auto& entry) { return !keys.contains(entry.first); });
}

std::string RunLog::newest() const {
  const auto newest = std::max_element(failing_.begin(), failing_.end(), [](auto& a, auto& b) {
    return a.second.since < b.second.since;
  });
  if (newest == failing_.end()) return "";
  const auto& [check, cause, since] = newest->second;
  return fmt::format("{} at {}: {}/{} since {}", check->name, check->target, name(cause.first),
                     name(cause.second),
                     as_rfc3339(std::chrono::floor<std::chrono::seconds>(since)));
}

}  // namespace sonde::app
