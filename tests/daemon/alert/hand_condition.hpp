#pragma once
#include <gtest/gtest.h>

#include "daemon/alert/condition.hpp"
#include "tests/daemon/core/hand_view.hpp"

namespace sonde::test {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

inline const Rate logins{.of = RateOf::auth, .step = Step::login, .event = {}};
inline const Rate upgrades{.of = RateOf::auth, .step = Step::upgrade, .event = {}};
inline const Rate runs{};
inline Rate event(std::string name) {
  return {.of = RateOf::delivery, .step = Step::login, .event = std::move(name)};
}
inline alert::Bound share(double share) {
  return {.share = config::Percent{share}, .span = {}, .count = {}};
}
inline alert::Bound count(std::uint64_t n) { return {.share = {}, .span = {}, .count = n}; }
inline alert::Bound span(Span span) { return {.share = {}, .span = span, .count = {}}; }

// A rule, the probe that it is about, and what is known of it.
struct ConditionTest : testing::Test {
  HandView view;
  alert::CheckPtr check = view.add("upgrade");
  alert::RuleSettings rule;
  WallTime now{hours(480000)};
  alert::WatchTimes watched;

  ConditionTest() {
    rule.name = "A";
    rule.of = alert::AlertOf::auth_success;
    rule.below = share(0.9);
    rule.clear_above = share(0.93);
    watch(now);
  }
  // Somebody looks since then.
  void watch(WallTime since) {
    watched = {};
    watched.assign(view.checks(), since);
  }
  alert::Evaluation find(const alert::PriorState& past = {}) {
    const auto all = instances_of(std::make_shared<alert::RuleSettings>(rule), view.checks());
    alert::EvalContext context(view, now, watched);
    return judge(all.at(0), context, past);
  }
  alert::ConditionState holds(const alert::PriorState& past = {}) { return find(past).holds; }
  alert::ConditionState firing(std::optional<Rate> blamed = {}) {
    return holds({true, std::move(blamed)});
  }
};

}  // namespace sonde::test
