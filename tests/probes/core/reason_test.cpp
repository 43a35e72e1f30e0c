#include "probes/core/reason.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "probes/core/outcome.hpp"
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

TEST(Outcomes, NoPairIsListedTwice) {
  for (int i = 0; i <= static_cast<int>(Step::hold); ++i) {
    const auto all = reasons_at(static_cast<Step>(i));
    EXPECT_EQ(std::set<Reason>(all.begin(), all.end()).size(), all.size()) << i;
  }
}

TEST(Outcomes, EveryReasonIsListedSomewhere) {
  std::set<Reason> listed = {Reason::ok, Reason::shutdown, Reason::reload, Reason::cut};
  for (int i = 0; i <= static_cast<int>(Step::hold); ++i)
    for (Reason reason : reasons_at(static_cast<Step>(i))) listed.insert(reason);
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
