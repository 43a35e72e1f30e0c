#include <gtest/gtest.h>

#include "daemon/core/change.hpp"
#include "tests/daemon/schedule/published.hpp"

namespace sonde::schedule::diagnosing_test {
namespace {

using std::chrono::milliseconds;

struct Diagnosing : WorkerTest {
  Diagnosing() {
    script->step = Step::upgrade;
    script->verdicts = {Reason::forbidden_or_no_route};
  }
};

TEST_F(Diagnosing, AFailureIsLookedIntoOnceAndKeepsItsReason) {
  Worker worker(options());
  worker.assign(duties());
  const auto failed = published.wait_for(4, Outcome::fail);
  EXPECT_EQ(script->inquiries, 1);
  EXPECT_FALSE(script->passed_lately);
  for (const auto& result : failed) EXPECT_EQ(result->verdict.reason, Reason::not_ready);
  EXPECT_EQ(failed[0]->trace->separated, "it was starting");
  EXPECT_EQ(failed[3]->verdict.detail, "it was starting");
}

TEST_F(Diagnosing, AnOutageKeepsTheReasonThatItBeganWithWhenTheCauseIsFoundLater) {
  script->looks = milliseconds(200);  // meanwhile other runs fail and are published
  check->in_flight_max = 4;
  Worker worker(options());
  worker.assign(duties());
  const auto failed = published.wait_for(30, Outcome::fail);
  for (const auto& result : failed)
    EXPECT_EQ(result->verdict.reason, Reason::forbidden_or_no_route);
  EXPECT_EQ(failed.front()->verdict.concluded, Reason::ok);
  EXPECT_EQ(failed.back()->verdict.concluded, Reason::not_ready);
}

TEST_F(Diagnosing, AFailureThatLastsOverARestartKeepsItsReasonAndIsNotLookedIntoAgain) {
  std::string kept;
  {
    Worker worker(options());
    worker.assign(duties());
    kept = check->fingerprint + "\n" + published.wait_for(2, Outcome::fail)[1]->conclusions;
  }
  ASSERT_EQ(script->inquiries, 1);
  const auto after_restart = [&](const std::string& text) {
    script->inquiries = 0;
    const std::size_t before = published.wait_for(1, Outcome::fail).size();
    Worker worker(options());
    worker.restore(std::map<std::string, std::string>{{key_of(*check), text}});
    worker.assign(duties());
    const auto last = published.wait_for(before + 5, Outcome::fail).back();
    EXPECT_EQ(last->verdict.reason, Reason::not_ready);
    EXPECT_EQ(last->verdict.detail, "it was starting");
    return script->inquiries.load();
  };
  EXPECT_EQ(after_restart(kept), 0);
  EXPECT_EQ(after_restart("another" + kept), 1) << "of another configuration";
}

TEST_F(Diagnosing, ARefusalCheckThatFailedIsKnownAfterARestart) {
  script->opens = "no_token";
  std::string kept;
  {
    Worker worker(options());
    worker.assign(duties());
    kept = check->fingerprint + "\n" + published.wait_for(2, Outcome::fail)[1]->conclusions;
  }
  EXPECT_NE(kept.find("standing no_token auth_fail_open it was let in\n"), std::string::npos);
  script->opens.clear();
  const auto after_restart = [&](const std::string& text) {
    const std::size_t before = published.wait_for(1, Outcome::fail).size();
    Worker worker(options());
    worker.restore(std::map<std::string, std::string>{{key_of(*check), text}});
    worker.assign(duties());
    // A result of the worker before may come late.
    published.wait_for(before + 3, Outcome::fail);
    return script->standing.load();
  };
  EXPECT_EQ(after_restart(kept), 1U);
  EXPECT_EQ(after_restart("another" + kept), 0U) << "of another configuration";
}

TEST_F(Diagnosing, ARefusalCheckThatFailedStandsWhereTheConfigurationChangesButNotWhatItTries) {
  check->refusal_fingerprint = "same";
  script->opens = "no_token";
  std::string kept;
  const auto changed = [&](const std::string& fingerprint, const std::string& tried) {
    check = std::make_shared<Check>(*check);
    check->fingerprint = fingerprint;
    check->refusal_fingerprint = tried;
    script->standing = 9;
    return duties();
  };
  const auto next_stands = [&] {
    const std::size_t before = published.wait_for(1, Outcome::fail).size();
    published.wait_for(before + 2, Outcome::fail);
    return script->standing.load();
  };
  {
    Worker worker(options());
    worker.assign(duties());
    kept = check->fingerprint + "\n" + published.wait_for(2, Outcome::fail)[1]->conclusions;
    script->opens.clear();
    worker.assign(changed("of another interval", "same"));
    EXPECT_EQ(next_stands(), 1U);
    worker.assign(changed("of another login", "another"));
    EXPECT_EQ(next_stands(), 0U);
  }
  const auto after_restart = [&](const std::string& tried) {
    Worker worker(options());
    worker.restore(std::map<std::string, std::string>{{key_of(*check), kept}});
    worker.assign(changed("of another interval", tried));
    return next_stands();
  };
  EXPECT_EQ(after_restart("same"), 1U);
  EXPECT_EQ(after_restart("another"), 0U);
}

TEST_F(Diagnosing, APassMakesTheNextFailureAChange) {
  script->verdicts = {Reason::forbidden_or_no_route, Reason::ok, Reason::forbidden_or_no_route};
  Worker worker(options());
  worker.assign(duties());
  published.wait_for(4, Outcome::fail);
  EXPECT_EQ(script->inquiries, 2);
  EXPECT_TRUE(script->passed_lately);
}

TEST_F(Diagnosing, ItsTimeIsNoPartOfTheRun) {
  script->looks = milliseconds(800);
  Worker worker(options());
  worker.assign(duties());
  EXPECT_LT(published.wait_for(1, Outcome::fail)[0]->took, milliseconds(700));
}

TEST_F(Diagnosing, ItEndsAtItsOwnLimitAndTheFailureStays) {
  script->looks = std::chrono::hours(1);
  check->diagnose.timeout = milliseconds(50);
  Worker worker(options());
  worker.assign(duties());
  const auto failed = published.wait_for(2, Outcome::fail);
  EXPECT_EQ(failed[0]->verdict.reason, Reason::forbidden_or_no_route);
  EXPECT_EQ(failed[1]->verdict.reason, Reason::forbidden_or_no_route);
}

TEST_F(Diagnosing, OffMeansNone) {
  check->diagnose.off = true;
  Worker worker(options());
  worker.assign(duties());
  EXPECT_EQ(published.wait_for(3, Outcome::fail)[2]->verdict.reason, Reason::forbidden_or_no_route);
  EXPECT_EQ(script->inquiries, 0);
}

TEST_F(Diagnosing, AReasonThatHasOneCauseIsNotLookedInto) {
  script->verdicts = {Reason::overloaded};
  Worker worker(options());
  worker.assign(duties());
  published.wait_for(3, Outcome::fail);
  EXPECT_EQ(script->inquiries, 0);
}

TEST_F(Diagnosing, WhatIsSparedAfterRefusalChecksIsAskedAnotherTime) {
  script->refuses = true;
  check->refusals_every = std::chrono::hours(1);
  Worker worker(options());
  worker.assign(duties());
  published.wait_for(3, Outcome::fail);
  EXPECT_GE(script->inquiries, 3);
  EXPECT_TRUE(script->spared);
}

TEST_F(Diagnosing, NoMoreThanAllowedInAnHour) {
  script->refuses = true;  // no conclusion is kept, so each failure would be looked into
  check->refusals_every = std::chrono::hours(1);
  check->diagnose.max_per_hour = 2;
  Worker worker(options());
  worker.assign(duties());
  published.wait_for(5, Outcome::fail);
  EXPECT_EQ(script->inquiries, 2);
}

}  // namespace
}  // namespace sonde::schedule::diagnosing_test
