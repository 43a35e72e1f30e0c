#include "probes/isolation/cross_compare.hpp"

#include <gtest/gtest.h>

namespace sonde::isolation::cross_compare_test {
namespace {

using Shows = Comparison::Shows;

constexpr const char* owners = R"({"ok":true,"id":"T1","title":"Holiday plans","page":1})";
constexpr const char* own = R"({"ok":true,"id":"T2","title":"Shopping list","page":1})";

Shows shows(const std::string& stranger, const std::string& owner = owners,
            const std::optional<std::string>& control = own, const std::string& again = "") {
  AccessAnswers answers{.owner = owner,
                        .owner_again = again.empty() ? owner : again,
                        .stranger = stranger,
                        .strangers_own = std::nullopt,
                        .sent = {"T1"}};
  if (control) answers.strangers_own = *control;
  return compare(answers).shows;
}

TEST(CrossCompare, TheSameAnswerShowsTheOwnersData) { EXPECT_EQ(shows(owners), Shows::owners); }

TEST(CrossCompare, APartOfTheAnswerIsEnough) {
  EXPECT_EQ(shows(R"({"title":"Holiday plans"})"), Shows::owners);
  EXPECT_EQ(shows(R"({"error":"no access","title":"Holiday plans"})"), Shows::owners);
}

TEST(CrossCompare, AnAnswerWithoutTheOwnersDataShowsNothing) {
  for (const char* refusal :
       {R"({"status":"forbidden"})", R"({"error":"no access","id":"T1"})", "[]", "{}", "",
        "<!doctype html><title>Chat</title>", R"({"ok":true,"id":"T1","page":1})",
        R"({"ok":true,"id":"T2","title":"Shopping list","page":1})"})
    EXPECT_EQ(shows(refusal), Shows::nothing) << refusal;
}

TEST(CrossCompare, WhatTheStrangerSentComesBackToHim) {
  EXPECT_EQ(shows(R"({"id":"T1"})", R"({"id":"T1"})", R"({"id":"T2"})"), Shows::unknown);
}

TEST(CrossCompare, AValueAtAnotherPlaceIsAnotherValue) {
  EXPECT_EQ(shows(R"({"wanted":"Holiday plans"})"), Shows::nothing);
}

TEST(CrossCompare, WhatChangesEachTimeTellsNobodyApart) {
  const std::string first = R"({"message_id":"m-1"})", second = R"({"message_id":"m-2"})";
  EXPECT_EQ(shows(R"({"message_id":"m-3"})", first, R"({"message_id":"m-4"})", second),
            Shows::unknown);
  EXPECT_EQ(shows(R"({"time":"10:00:01"})", R"({"time":"10:00:01","title":"Holiday plans"})",
                  R"({"time":"10:00:02","title":"Shopping list"})",
                  R"({"time":"10:00:03","title":"Holiday plans"})"),
            Shows::nothing);
}

TEST(CrossCompare, AnAnswerThatSaysTheSameToEverybodyIsUnknown) {
  for (const char* common : {R"({"ok":true})", R"({"exists":true,"count":3})", "OK",
                             "<!doctype html><title>Chat</title>", ""})
    EXPECT_EQ(shows(common, common, common), Shows::unknown) << common;
}

TEST(CrossCompare, SmallNumbersAreDataWhereTheyAreIds) {
  EXPECT_EQ(shows(R"([{"id":7}])", R"([{"id":7}])", R"([{"id":8}])"), Shows::owners);
  EXPECT_EQ(shows(R"({"unread":0})", R"({"unread":0,"title":"Holiday plans"})",
                  R"({"unread":3,"title":"Shopping list"})"),
            Shows::nothing);
}

TEST(CrossCompare, WithoutAControlOnlyWhatIsHardlyChanceIsData) {
  EXPECT_EQ(shows(R"({"locale":"english"})", R"({"locale":"english","title":"Holiday plans"})",
                  std::nullopt),
            Shows::unknown);
  EXPECT_EQ(shows(R"({"by":"bob@example.com"})", R"({"by":"bob@example.com"})", std::nullopt),
            Shows::owners);
}

TEST(CrossCompare, PagesAreComparedByTheirWords) {
  const std::string page = "<html><p>Chat of <b>bob@example.com</b> by Sonde 2026</p></html>";
  const std::string control = "<html><p>Chat of <b>alice@example.com</b> by Sonde 2026</p></html>";
  EXPECT_EQ(shows(page, page, control), Shows::owners);
  EXPECT_EQ(shows("<html><p>Chat: no access. Sonde 2026</p></html>", page, control),
            Shows::nothing);
}

TEST(CrossCompare, SaysWhichValueIsTheOwners) {
  const AccessAnswers answers{.owner = owners,
                              .owner_again = owners,
                              .stranger = owners,
                              .strangers_own = own,
                              .sent = {"T1"}};
  EXPECT_EQ(compare(answers).what, "/title \"Holiday plans\"");
}

}  // namespace
}  // namespace sonde::isolation::cross_compare_test
