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
inline Bound share(double share) {
  return {.share = config::Percent{share}, .span = {}, .count = {}};
}
inline Bound count(std::uint64_t n) { return {.share = {}, .span = {}, .count = n}; }
inline Bound span(Span span) { return {.share = {}, .span = span, .count = {}}; }

// A rule, the probe that it is about, and what is known of it.
struct ConditionTest : testing::Test {
  HandView view;
  CheckPtr check = view.add("upgrade");
  RuleSettings rule;
  WallTime now{hours(480000)};
  WatchTimes watched;

  ConditionTest() {
    rule.name = "A";
    rule.of = AlertOf::auth_success;
    rule.below = share(0.9);
    rule.clear_above = share(0.93);
    watch(now);
  }
  // Somebody looks since then.
  void watch(WallTime since) {
    watched = {};
    watched.assign(view.checks(), since);
  }
  Finding find(const Past& past = {}) {
    const auto all = instances_of(std::make_shared<RuleSettings>(rule), view.checks());
    Sight sight(view, now, watched);
    return judge(all.at(0), sight, past);
  }
  Holds holds(const Past& past = {}) { return find(past).holds; }
  Holds firing(std::optional<Rate> blamed = {}) { return holds({true, std::move(blamed)}); }
};

}  // namespace sonde::test
