#include "probes/core/reason.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "probes/core/probe.hpp"

namespace sonde::reason_test {
namespace {

TEST(Reasons, EachHasOneLineOfHelpThatEndsInAPeriod) {
  for (const auto& row : reasons()) {
    EXPECT_TRUE(row.help.ends_with('.')) << row.name;
    EXPECT_GT(row.help.size(), 10U) << row.name;
    EXPECT_LE(row.help.size(), 100U) << row.name;
    EXPECT_EQ(row.help.find('\n'), row.help.npos) << row.name;
  }
}

TEST(Reasons, EachHasANameOfItsOwnThatIsALabel) {
  std::set<std::string_view> names;
  for (const auto& row : reasons()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_EQ(row.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789"), row.name.npos)
        << row.name;
  }
}

TEST(Reasons, AreFoundByTheirNames) {
  for (const auto& row : reasons()) EXPECT_EQ(reason_named(row.name), row.reason);
  EXPECT_FALSE(reason_named("no_such_reason"));
  EXPECT_FALSE(reason_named(""));
}

TEST(Reasons, MakeTheOutcomeOfAVerdict) {
  EXPECT_EQ(Verdict::of(Step::login, {Reason::tcp_refused, ""}).outcome, Outcome::fail);
  EXPECT_EQ(Verdict::of(Step::login, {Reason::own_dns, ""}).outcome, Outcome::inconclusive);
  EXPECT_EQ(Verdict::of(Step::login, {Reason::overlap, ""}).outcome, Outcome::skipped);
  EXPECT_EQ(Verdict::pass().outcome, Outcome::pass);
}

TEST(Reasons, WhatPassesByItselfIsWorthAnotherAttempt) {
  for (Reason reason :
       {Reason::timeout, Reason::server_error, Reason::overloaded, Reason::bad_gateway,
        Reason::gateway_timeout, Reason::tcp_refused, Reason::tcp_reset, Reason::no_ready})
    EXPECT_TRUE(row(reason).heals) << name(reason);
}

TEST(Reasons, WhatIsWrongStaysWrong) {
  for (Reason reason : {Reason::ok, Reason::credentials, Reason::account_locked, Reason::contract,
                        Reason::answer_wrong, Reason::auth_fail_open, Reason::own_lag})
    EXPECT_FALSE(row(reason).heals) << name(reason);
}

TEST(Reasons, OnlyWhatWaitedCanBeTheFaultOfALateLoop) {
  EXPECT_TRUE(row(Reason::timeout).slow);
  EXPECT_TRUE(row(Reason::latency_limit).slow);
  EXPECT_FALSE(row(Reason::tcp_refused).slow);
  EXPECT_FALSE(row(Reason::gateway_timeout).slow);
  EXPECT_FALSE(row(Reason::server_error).slow);
}

TEST(Reasons, TheEgressReferencesAreAskedOnlyWhereNoServerAnswered) {
  using enum Reason;
  for (Reason reason : {dns_nxdomain, dns_timeout, tcp_refused, tcp_timeout, tcp_unreachable,
                        tls_timeout, timeout, handshake_timeout, stalled, own_dns, own_network})
    EXPECT_TRUE(row(reason).unanswered) << name(reason);
  for (Reason reason : {ok, server_error, bad_status, tls_expired, credentials, closed_early,
                        auth_fail_open, own_lag, own_descriptors, overlap, shutdown, cut})
    EXPECT_FALSE(row(reason).unanswered) << name(reason);
}

TEST(Reasons, OnlyAFailureHasSteps) {
  for (const auto& row : reasons()) {
    bool somewhere = false;
    for (const auto& at : steps()) somewhere = somewhere || row.steps.contains(at.step);
    EXPECT_EQ(somewhere, row.outcome == Outcome::fail) << row.name;
  }
}

TEST(Steps, AreFoundByTheirNames) {
  for (const auto& at : steps()) EXPECT_EQ(step_named(at.name), at.step);
  EXPECT_FALSE(step_named("no_such_step"));
}

TEST(Steps, EndWithAReasonWhenTheirDeadlinePasses) {
  for (const auto& at : steps())
    EXPECT_TRUE(row(at.deadline).outcome == Outcome::inconclusive ||
                row(at.deadline).steps.contains(at.step) || at.deadline == Reason::timeout)
        << at.name;
}

TEST(Outcomes, AreFoundByTheirNames) {
  for (const Outcome outcome :
       {Outcome::pass, Outcome::fail, Outcome::inconclusive, Outcome::skipped})
    EXPECT_EQ(outcome_named(name(outcome)), outcome);
  EXPECT_FALSE(outcome_named("no_such_outcome"));
}

TEST(Outcomes, NoPairIsListedTwice) {
  for (const auto& at : steps()) {
    const auto all = reasons_at(at.step);
    EXPECT_EQ(std::set<Reason>(all.begin(), all.end()).size(), all.size()) << at.name;
  }
}

TEST(Outcomes, EveryReasonIsListedSomewhere) {
  std::set<Reason> listed = {Reason::ok, Reason::shutdown, Reason::reload, Reason::cut};
  for (const auto& at : steps())
    for (Reason reason : reasons_at(at.step)) listed.insert(reason);
  for (Reason reason : inconclusive_reasons()) listed.insert(reason);
  for (Reason reason : skipped_reasons()) listed.insert(reason);
  for (const auto& row : reasons()) EXPECT_TRUE(listed.contains(row.reason)) << row.name;
}

TEST(Outcomes, TheListsHoldWhatTheyAreNamedFor) {
  for (Reason reason : inconclusive_reasons())
    EXPECT_EQ(row(reason).outcome, Outcome::inconclusive) << name(reason);
  for (Reason reason : skipped_reasons())
    EXPECT_EQ(row(reason).outcome, Outcome::skipped) << name(reason);
}

}  // namespace
}  // namespace sonde::reason_test
