#include "daemon/judge/check_status.hpp"

#include <gtest/gtest.h>

#include "daemon/core/check_state.hpp"
#include "tests/daemon/judge/made_run.hpp"

namespace sonde::judge::check_status_test {
namespace {

TEST(CheckStatus, ANewOneComesBackFromItsText) {
  const auto back = standing_from(text_of({}));
  ASSERT_TRUE(back);
  EXPECT_FALSE(back->last);
  EXPECT_FALSE(back->last_run);
  EXPECT_FALSE(back->failing);
}

TEST(CheckStatus, ItsTextIsShortWhateverItHolds) {
  CheckStatus standing;
  follow(standing, *MadeRun(chat_check(),
                            failure(Step::isolation, Reason::abrupt_close_after_accept,
                                    std::string(5000, 'x')),
                            kNoon)
                        .done());
  const std::string text = text_of(standing);
  EXPECT_LE(text.size(), 500u);
  const auto back = standing_from(text);
  ASSERT_TRUE(back && back->failing);
  EXPECT_EQ(back->failing->step, Step::isolation);
  EXPECT_EQ(back->failing->first, WallTime(kNoon));
  EXPECT_EQ(text_of(*back), text);
}

TEST(CheckStatus, NamesTheNewestRunThatFailedAlsoAfterARestart) {
  CheckStatus standing;
  for (const char last : {'1', '2'}) {
    Result failed = *MadeRun(chat_check(), missing_event(), kNoon).done();
    failed.id = "6b0ec3400123456789abcdef0123456" + std::string(1, last);
    follow(standing, failed);
  }
  ASSERT_TRUE(standing.failing);
  EXPECT_EQ(standing.failing->run, "6b0ec3400123456789abcdef01234562");
  const auto back = standing_from(text_of(standing));
  ASSERT_TRUE(back && back->failing);
  EXPECT_EQ(back->failing->run, "6b0ec3400123456789abcdef01234562");
}

TEST(CheckStatus, ReadsWhatAnEarlierVersionKept) {
  const auto of_3 =
      standing_from("3 fail fail 3 0 1 - 1 - events missing_event 3 1 2 - 7 a detail");
  ASSERT_TRUE(of_3 && of_3->failing);
  EXPECT_EQ(of_3->left_out, 7u);
  EXPECT_EQ(of_3->failing->detail, "a detail");
  EXPECT_EQ(of_3->failing->run, "");
}

TEST(CheckStatus, KnowsSinceWhenRunsPassAndKeepsItOverARestart) {
  CheckStatus standing;
  follow(standing, *MadeRun(chat_check(), missing_event(), kNoon).done());
  EXPECT_FALSE(standing.passing_since);
  follow(standing, *MadeRun(chat_check(), Verdict::pass(), kNoon + std::chrono::seconds(1)).done());
  follow(standing, *MadeRun(chat_check(), Verdict::pass(), kNoon + std::chrono::seconds(2)).done());
  EXPECT_EQ(standing.passing_since, WallTime(kNoon + std::chrono::seconds(1)));
  EXPECT_EQ(standing_from(text_of(standing))->passing_since, standing.passing_since);
  follow(standing, *MadeRun(chat_check(), missing_event(), kNoon).done());
  EXPECT_FALSE(standing.passing_since);
}

TEST(CheckStatus, CountsTheRunsUnderMaintenanceThatItsRowLeavesOut) {
  CheckStatus standing;
  const auto run = [&](const Verdict& verdict, bool excluded) {
    follow(standing, *MadeRun(chat_check(), verdict, kNoon).done(), excluded);
  };
  run(Verdict::pass(), true);
  EXPECT_EQ(standing.left_out, 0u);
  run(missing_event(), false);
  run(Verdict::pass(), true);
  run(missing_event(), true);
  run(missing_event(), false);
  EXPECT_EQ(standing.consecutive_failures, 2u);
  EXPECT_EQ(standing.left_out, 2u);
  const auto back = standing_from(text_of(standing));
  ASSERT_TRUE(back && back->failing);
  EXPECT_EQ(back->left_out, 2u);
  EXPECT_EQ(back->failing->detail, standing.failing->detail);
  run(Verdict::pass(), false);
  EXPECT_EQ(standing.left_out, 0u);
}

TEST(CheckStatus, ATextOfTheVersionBeforeIsRead) {
  const auto back = standing_from("2 fail fail 3 0 1 - 1 - events missing_event 3 1 2 - a detail");
  ASSERT_TRUE(back && back->failing);
  EXPECT_EQ(back->consecutive_failures, 3u);
  EXPECT_EQ(back->failing->detail, "a detail");
  EXPECT_FALSE(standing_from("1 fail fail 3 0 1 - 1 - events missing_event 3 1 2 - a detail"));
}

TEST(CheckStatus, InconclusiveRunsAreCountedUntilAVerdict) {
  CheckStatus standing;
  const Verdict secret = failure(Step::login, Reason::own_secret, "cannot read it");
  follow(standing, *MadeRun(chat_check(), secret, kNoon).done());
  follow(standing, *MadeRun(chat_check(), secret, kNoon + std::chrono::seconds(9)).done());
  ASSERT_TRUE(standing.inconclusive);
  EXPECT_EQ(standing.inconclusive->count, 2u);
  EXPECT_EQ(standing.inconclusive->first, WallTime(kNoon));
  EXPECT_EQ(standing.inconclusive->detail, "cannot read it");
  follow(standing, *MadeRun(chat_check(), missing_event(), kNoon).done());
  EXPECT_FALSE(standing.inconclusive);
  follow(standing, *MadeRun(chat_check(), failure(Step::login, Reason::egress_down), kNoon).done());
  EXPECT_FALSE(standing.inconclusive) << "that is SondeBlind's to say";
  EXPECT_TRUE(standing.blind);
}

TEST(CheckStatus, TheProofOfWhatWasLetInIsTheRunThatMadeTheCheck) {
  CheckStatus standing;
  const auto run = [&](const char* id, std::vector<RefusalNote> notes) {
    MadeRun made(chat_check(), failure(Step::refuse, Reason::auth_fail_open), kNoon);
    made.result.id = id;
    made.trace->refusals = std::move(notes);
    follow(standing, *made.done());
    return standing.failing->run;
  };
  const RefusalNote let_in{"no_token", RefusalNote::State::failed, "let in"};
  const RefusalNote refused{"garbage_token", RefusalNote::State::refused, ""};
  EXPECT_EQ(run("first", {let_in}), "first");
  EXPECT_EQ(run("repeats", {}), "first");
  EXPECT_EQ(run("other check", {refused}), "first");
  EXPECT_EQ(run("again", {let_in}), "again");
}

TEST(CheckStatus, WhileOurNetworkIsDownNothingIsKnownAlsoAfterARestart) {
  const auto check = chat_check();
  CheckStatus standing;
  const auto state = [&] { return state_of(*check, standing, WallTime(kNoon)); };
  follow(standing, *MadeRun(check, Verdict::pass(), kNoon).done());
  EXPECT_EQ(state(), CheckState::passing);
  follow(standing, *MadeRun(check, failure(Step::login, Reason::egress_down), kNoon).done());
  EXPECT_EQ(state(), CheckState::inconclusive);
  standing = standing_from(text_of(standing)).value();
  EXPECT_EQ(state(), CheckState::inconclusive);
  follow(standing, *MadeRun(check, Verdict::pass(), kNoon).done());
  EXPECT_EQ(state(), CheckState::passing);
}

TEST(CheckStatus, ARunThatIsNotMadeBecauseLoginsAreRefusedIsNoSilence) {
  CheckStatus standing;
  const auto later = kNoon + std::chrono::seconds(60);
  follow(standing, *MadeRun(chat_check(), missing_event(), kNoon).done());
  follow(standing, *MadeRun(chat_check(), failure(Step::login, Reason::suppressed), later).done());
  EXPECT_EQ(standing.last_run, WallTime(kNoon));
  EXPECT_EQ(standing.suppressed, WallTime(later));
  EXPECT_EQ(standing.consecutive_failures, 1u);
}

TEST(CheckStatus, ATextThatIsNotOneSaysNothing) {
  CheckStatus standing;
  follow(standing, *MadeRun(chat_check(), missing_event(), kNoon).done());
  const std::string text = text_of(standing);
  ASSERT_TRUE(standing_from(text));
  EXPECT_FALSE(standing_from(""));
  EXPECT_FALSE(standing_from("1" + text.substr(1)));
  const std::size_t last_word = text.rfind(' ', text.size() - 2);
  for (std::size_t end = 0; end <= last_word; ++end)
    EXPECT_FALSE(standing_from(text.substr(0, end))) << text.substr(0, end);
  std::string wrong = text;
  wrong.replace(wrong.find("fail"), 4, "fall");
  EXPECT_FALSE(standing_from(wrong));
}

}  // namespace
}  // namespace sonde::judge::check_status_test
