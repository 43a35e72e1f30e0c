#include "daemon/alert/incident.hpp"

#include <gtest/gtest.h>

#include "tests/daemon/core/hand_view.hpp"

namespace sonde::alert::incident_test {
namespace {

using std::chrono::minutes;

// An alert of a probe of that kind, whose runs fail at these steps.
IncidentMember member(const std::string& kind, std::vector<Step> failing,
                      Severity severity = Severity::critical) {
  const auto check = make_check(kind);
  IncidentMember made;
  made.name = kind + "_fails";
  made.probe = kind;
  made.severity = severity;
  made.place = place_of(*check);
  for (Step step : failing) {
    made.failing.steps.push_back(step);
    const auto own = own_steps(*check);
    if (std::ranges::find(own, step) != own.end()) made.owns.push_back(step);
  }
  return made;
}

std::vector<bool> notified(const std::vector<IncidentMember>& members) {
  std::vector<bool> all;
  for (const auto& decision : rule_on(members)) all.push_back(decision.notified);
  return all;
}

// They are told of it, and it pages nobody who knows of the incident.
bool joins(const std::vector<IncidentMember>& members, std::size_t i) {
  const NotifyDecision decision = rule_on(members).at(i);
  return decision.notified && decision.joins && !decision.own_group && decision.held_by.empty();
}

std::string held(const std::vector<IncidentMember>& members, std::size_t i) {
  return rule_on(members).at(i).held_by;
}

using Reply = std::vector<bool>;
constexpr auto login = Step::login;
constexpr auto upgrade = Step::upgrade;
constexpr auto ready = Step::ready;
constexpr auto events = Step::events;

TEST(Incident, ALoginOutageMutesWhatFailsAtTheLoginAlone) {
  const std::vector<IncidentMember> all = {member("chat", {login}), member("upgrade", {login}),
                                           member("login", {login})};
  EXPECT_EQ(notified(all), (Reply{false, false, true}));
  EXPECT_EQ(held(all, 0), "held by login_fails");
  EXPECT_EQ(rule_on(all)[2].also, (std::vector<std::string>{"chat", "upgrade"}));
}

TEST(Incident, MixedFailuresAreNotHeldByTheLogin) {
  const std::vector<IncidentMember> all = {member("chat", {login, events}, Severity::critical),
                                           member("login", {login}, Severity::critical)};
  EXPECT_TRUE(joins(all, 0));
  auto mixed = member("chat", {login, events});
  auto other = member("login", {login});
  other.part = IncidentRole::apart;  // of no incident, and it owns nothing
  EXPECT_EQ(notified({mixed, other}), (Reply{true, true}));
}

TEST(Incident, EachFailureNeedsAnOwner) {
  const std::vector<IncidentMember> all = {member("chat", {login, upgrade}),
                                           member("login", {login}),
                                           member("upgrade", {login, upgrade})};
  EXPECT_EQ(held(all, 0), "held by login_fails");
  EXPECT_TRUE(joins(all, 2));
  const std::vector<IncidentMember> some = {member("chat", {login, ready}, Severity::critical),
                                            member("login", {login}, Severity::critical)};
  EXPECT_TRUE(joins(some, 0));
}

TEST(Incident, AnOwnerOfALowerSeverityHoldsNothing) {
  const std::vector<IncidentMember> all = {member("chat", {login}, Severity::critical),
                                           member("login", {login}, Severity::warning)};
  EXPECT_FALSE(joins(all, 0));
  EXPECT_TRUE(joins(all, 1));
}

TEST(Incident, AHigherSeverityPagesAgain) {
  auto first = member("login", {login}, Severity::warning);
  first.was_notified = true;
  const std::vector<IncidentMember> all = {member("upgrade", {upgrade}, Severity::critical), first,
                                           member("chat", {events}, Severity::critical)};
  EXPECT_EQ(notified(all), (Reply{true, true, true}));
  EXPECT_FALSE(joins(all, 0));
  EXPECT_TRUE(joins(all, 2));
}

TEST(Incident, FailuresThatAreNotAllKnownAreNotHeld) {
  auto chat = member("chat", {login}, Severity::critical);
  chat.failing.complete = false;
  EXPECT_TRUE(joins({chat, member("login", {login})}, 0));
  chat.failing = {};
  EXPECT_TRUE(joins({chat, member("login", {login})}, 0));
}

TEST(Incident, HealthMutesNothing) {
  auto health = member("health", {Step::health});
  health.was_notified = true;
  const std::vector<IncidentMember> all = {health, member("login", {login}),
                                           member("chat", {events})};
  EXPECT_EQ(notified(all), (Reply{true, true, true}));
  EXPECT_TRUE(rule_on(all)[0].own_group);
  EXPECT_FALSE(joins(all, 1));
  EXPECT_TRUE(joins(all, 2));
}

TEST(Incident, HealthExtendsAnIncident) {
  auto first = member("login", {login});
  first.was_notified = true;
  EXPECT_TRUE(joins({first, member("health", {Step::health})}, 1));
}

TEST(Incident, WhatWasToldStaysTold) {
  auto chat = member("chat", {login});
  chat.was_notified = true;
  const std::vector<IncidentMember> all = {chat, member("login", {login})};
  EXPECT_EQ(notified(all), (Reply{true, true}));
  EXPECT_TRUE(joins(all, 1));
}

TEST(Incident, SomeReasonsAlwaysPage) {
  auto first = member("login", {login});
  first.was_notified = true;
  auto open = member("upgrade", {Step::refuse});
  open.always = true;
  const std::vector<IncidentMember> all = {first, open};
  EXPECT_EQ(notified(all), (Reply{true, true}));
  EXPECT_TRUE(rule_on(all)[1].own_group);
}

TEST(Incident, WhatIsSuppressedOwnsAndPagesNothing) {
  auto first = member("login", {login});
  first.suppressed = "maintenance";
  const std::vector<IncidentMember> all = {first, member("chat", {login})};
  EXPECT_EQ(notified(all), (Reply{false, true}));
  EXPECT_EQ(held(all, 0), "maintenance");
  EXPECT_TRUE(rule_on(all)[0].muted);
}

TEST(Incident, NamesEveryAlertThatHoldsOneBack) {
  const std::vector<IncidentMember> all = {member("chat", {login, upgrade}),
                                           member("login", {login}),
                                           member("upgrade", {login, upgrade})};
  EXPECT_EQ(rule_on(all)[0].holders, (std::vector<std::size_t>{1, 2}));
  EXPECT_FALSE(rule_on(all)[0].muted);
}

TEST(Incident, ACauseOfTheDaemonsOwnHolds) {
  auto silent = member("chat", {});
  silent.cause = "held by SondeProbeStalled";
  EXPECT_EQ(held({silent}, 0), "held by SondeProbeStalled");
}

TEST(Incident, OneThatHasEndedStandsForItWhileOthersOfItsSeverityFire) {
  auto first = member("login", {login});
  first.was_notified = true;
  first.firing = false;
  std::vector<IncidentMember> all = {first, member("chat", {login})};
  EXPECT_TRUE(joins(all, 1));
  EXPECT_TRUE(rule_on(all)[0].open);
  all[1].severity = Severity::warning;
  EXPECT_EQ(notified(all), (Reply{true, true}));
  EXPECT_FALSE(rule_on(all)[0].open);
  EXPECT_FALSE(rule_on({all.data(), 1})[0].open);
}

TEST(Incident, OneThatHasEndedGoesIfAnotherWasToldToo) {
  auto first = member("login", {login});
  first.was_notified = true;
  first.firing = false;
  auto second = member("chat", {events});
  second.was_notified = true;
  const std::vector<IncidentMember> all = {first, second, member("upgrade", {upgrade})};
  EXPECT_FALSE(rule_on(all)[0].open);
  EXPECT_TRUE(joins(all, 2));
}

TEST(Incident, TheGravestAndEarliestOfSeveralPages) {
  auto late = member("login", {login});
  late.fired_at += minutes(1);
  EXPECT_TRUE(joins({late, member("chat", {events})}, 0));
  EXPECT_TRUE(joins({member("chat", {events}), member("login", {login})}, 0));
}

TEST(Incident, NamesTheProbesOfTheOthersAndNotItsOwnRuleAgain) {
  auto first = member("login", {login});
  auto same_rule = member("chat", {login});
  same_rule.name = first.name;
  auto same_probe = member("login", {login});
  same_probe.name = "login_is_slow";
  auto of_target = member("upgrade", {upgrade});
  of_target.probe = "";
  auto silent = member("health", {Step::health});
  silent.suppressed = "maintenance";
  const std::vector<IncidentMember> all = {first, same_rule, same_probe, of_target, silent};
  EXPECT_EQ(rule_on(all)[0].also,
            (std::vector<std::string>{"chat", "login_is_slow", "upgrade_fails"}));
}

TEST(Incident, StandsOnThePathOfTheUser) {
  EXPECT_EQ(place_of(*make_check("health")), std::nullopt);
  EXPECT_LT(place_of(*make_check("login")), place_of(*make_check("upgrade")));
  EXPECT_LT(place_of(*make_check("upgrade")), place_of(*make_check("chat")));
  EXPECT_LT(place_of(*make_check("chat")), place_of(*make_check("isolation")));
  EXPECT_EQ(own_steps(*make_check("chat")), (std::vector<Step>{Step::events, Step::answer}));
}

}  // namespace
}  // namespace sonde::alert::incident_test
