// What a guard knows of questions that show an account's secret outside logins.
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probes/auth/login_guard.hpp"
#include "tests/support/net_loop.hpp"
#include "tests/support/probe_run.hpp"

namespace sonde::auth::question_count_test {
namespace {

using namespace std::chrono_literals;

const LockoutRules rules{.after = 3, .cooldown = 1h};

class QuestionCount : public test::NetLoop {
 protected:
  boost::asio::awaitable<std::shared_ptr<LoginGuard::Trial>> beginning(std::string question,
                                                                       LockoutRules of) {
    auto begun = guard->begin(of, {.mark = 7, .question = std::move(question)});
    auto trial = co_await std::move(begun);
    co_return trial ? std::make_shared<LoginGuard::Trial>(*std::move(trial)) : nullptr;
  }
  std::shared_ptr<LoginGuard::Trial> begin(const std::string& question,
                                           const LockoutRules& of = rules) {
    return run(beginning(question, of));
  }
  void refuse(const std::string& question, int times) {
    for (int i = 0; i < times; ++i)
      if (const auto trial = begin(question)) trial->refuse();
  }
  void accept(const std::string& question, const LockoutRules& of = rules) {
    if (const auto trial = begin(question, of)) trial->accept();
  }
  int refused() { return guard->refused(Clock::now()); }

  std::shared_ptr<LockoutTable> table = LockoutTable::in_memory();
  std::shared_ptr<LoginGuard> guard = std::make_shared<LoginGuard>(table, 1);
};

TEST_F(QuestionCount, OnlyAQuestionThatWasRefusedEndsTheCount) {
  refuse("closed", 2);
  accept("open");
  EXPECT_EQ(refused(), 2);
  accept("closed");
  EXPECT_EQ(refused(), 0);
  refuse("other", 2);
  accept("closed");
  EXPECT_EQ(refused(), 2) << "it was accepted since it was refused";
}

TEST_F(QuestionCount, WhatEndsWithoutAnAnswerCountsUntilTheSameQuestionIsAccepted) {
  refuse("closed", 1);
  for (int i = 0; i < 2; ++i) begin("open")->count_unknown();
  EXPECT_EQ(refused(), 3);
  EXPECT_FALSE(begin("closed"));
  guard->accepted_late("open", Clock::now());
  EXPECT_EQ(refused(), 1) << "the refusal itself stays";
}

TEST_F(QuestionCount, ARefusalOutweighsWhatElseIsKnown) {
  const auto trial = begin("closed");
  trial->accept();
  trial->count_unknown();
  trial->refuse();
  trial->end();
  EXPECT_EQ(refused(), 1);
  accept("closed");
  EXPECT_EQ(refused(), 0);
}

// A question may be gone from the file, with all its refusals.
TEST_F(QuestionCount, ATrialAfterACooldownThatIsAcceptedTakesOneRefusalOff) {
  const LockoutRules soon{.after = 3, .cooldown = 0s};
  refuse("gone", 3);
  accept("other", soon);
  EXPECT_EQ(refused(), 2);
  accept("other", soon);
  EXPECT_EQ(refused(), 2) << "that was no trial after a cooldown";
}

TEST_F(QuestionCount, ALateAnswerCountsToo) {
  begin("closed")->end();
  guard->refused_late(7, "closed", Clock::now());
  EXPECT_EQ(refused(), 1);
  guard->accepted_late("", Clock::now());
  EXPECT_EQ(refused(), 1) << "an experiment proves nothing";
  guard->accepted_late("closed", Clock::now());
  EXPECT_EQ(refused(), 0);
}

TEST_F(QuestionCount, OtherWorkersSeeIt) {
  refuse("closed", 2);
  LoginGuard there(table, 1), of_another(table, 2);
  of_another.accepted_late("closed", Clock::now());
  EXPECT_EQ(refused(), 2) << "another account";
  there.accepted_late("closed", Clock::now());
  EXPECT_EQ(refused(), 0);
}

// What was under way when a process was killed counts, until the same question is accepted.
TEST_F(QuestionCount, WhatAKilledProcessHadUnderWayIsOfUnknownOutcome) {
  const test::Folder folder;
  const std::string path = folder.write("lockouts", "") + ".table";
  const auto use_file = [&] {
    table = LockoutTable::open(path).value();
    guard = std::make_shared<LoginGuard>(table, 1);
  };
  const pid_t child = fork();
  if (child == 0) {
    use_file();
    const auto first = begin("open"), second = begin("open");
    _exit(first && second ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  use_file();
  EXPECT_EQ(refused(), 2);
  accept("other");
  EXPECT_EQ(refused(), 2);
  accept("open");
  EXPECT_EQ(refused(), 0);
}

}  // namespace
}  // namespace sonde::auth::question_count_test
