#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "daemon/page/gather.hpp"
#include "daemon/page/headline.hpp"
#include "tests/daemon/core/hand_view.hpp"

namespace sonde::page {

// Noon of 2026-01-02.
inline const WallTime noon{std::chrono::sys_days{std::chrono::year{2026} / 1 / 2} +
                           std::chrono::hours(12)};

// A daemon whose checks a test lets pass and fail by hand.
struct HandOverview {
  HandView view;
  Sources sources{.now = noon,
                  .location = "fra1",
                  .version = "1.2.3",
                  .alerts = {},
                  .maintenance = {},
                  .deploys = {},
                  .monitor = {.started = noon, .loaded = noon},
                  .maintained = {},
                  .auth_goal = {}};

  using CheckPtr = std::shared_ptr<const Check>;

  CheckPtr add_passing(const std::string& kind, const std::string& target = "staging") {
    const CheckPtr check = view.add(kind, target);
    passes(check);
    return check;
  }
  void passes(const CheckPtr& check) {
    CheckStatus& status = view.of(check).standing;
    status = {};
    status.last = status.newest = Outcome::pass;
    status.last_run = status.last_success = noon - std::chrono::seconds(3);
    status.consecutive_passes = 7;
    status.passing_since = noon - std::chrono::hours(5);
  }
  CheckPtr add_failing(const std::string& kind, Step step, Reason reason,
                       const std::string& target = "staging", std::uint64_t times = 3) {
    const CheckPtr check = view.add(kind, target);
    fails(check, step, reason, times);
    return check;
  }
  void fails(const CheckPtr& check, Step step, Reason reason, std::uint64_t times = 3) {
    CheckStatus& status = view.of(check).standing;
    status = {};
    status.last = status.newest = Outcome::fail;
    status.last_run = noon - std::chrono::seconds(3);
    status.consecutive_failures = times;
    status.failing_since = noon - std::chrono::minutes(30);
    status.failing = FailureGroup{.step = step,
                                  .reason = reason,
                                  .count = times,
                                  .first = noon - std::chrono::minutes(30),
                                  .last = noon,
                                  .detail = "what the run saw"};
  }
  CheckPtr add_unclear(const std::string& kind, Reason reason,
                       const std::string& target = "staging") {
    const CheckPtr check = add_passing(kind, target);
    CheckStatus& status = view.of(check).standing;
    status.newest = Outcome::inconclusive;
    status.inconclusive = FailureGroup{.step = Step::login, .reason = reason, .last = noon};
    return check;
  }
  AlertFacts& alert(const std::string& name, const std::string& severity, const std::string& target,
                    const std::string& summary) {
    return sources.alerts.emplace_back(
        AlertFacts{.labels = {{"alertname", name}, {"severity", severity}, {"target", target}},
                   .annotations = {{"summary", summary}},
                   .state = AlertState::firing,
                   .active_at = noon - std::chrono::minutes(5),
                   .value = "",
                   .held_by = {}});
  }

  OverviewFacts facts() const { return gather(view, sources); }
  std::string headline() const { return headline_of(facts()).text; }
};

}  // namespace sonde::page
