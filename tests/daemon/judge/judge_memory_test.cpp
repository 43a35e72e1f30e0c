#include <gtest/gtest.h>

#include <algorithm>

#include "tests/daemon/judge/judge_fixture.hpp"

namespace sonde::judge::judge_memory_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// What record would give back of everything that it was handed.
struct Kept {
  RestoredState remembered;

  void write(const Changes& changes) {
    for (const BucketRow& row : changes.buckets) {
      auto& all = remembered.series;
      auto known = std::ranges::find(all, row.series, &SeriesRows::series);
      if (known == all.end()) known = all.insert(all.end(), {row.series, {}});
      std::erase_if(known->buckets, [&row](const SeriesRows::Bucket& bucket) {
        return bucket.tier == row.tier && bucket.slot == row.slot;
      });
      known->buckets.push_back({row.tier, row.slot, row.attempts, row.failures});
    }
    for (const StateRecord& note : changes.notes) {
      std::erase_if(remembered.notes, [&note](const StateRecord& old) {
        return old.component == note.component && old.key == note.key;
      });
      remembered.notes.push_back(note);
    }
  }
};

TEST_F(JudgeTest, ComesBackAsItWasKept) {
  Kept kept;
  for (int i = 0; i < 100; ++i) {
    now += seconds(60);
    const bool fails = i % 4 == 3;
    auto made =
        run(fails ? failure(Step::events, Reason::stalled, "20 s of silence") : Verdict::pass());
    judge.accept(made.auth(Step::upgrade, true).event("tool_completed", 1, fails ? 0 : 1).done());
    if (i % 3 == 0) kept.write(changes());
  }
  kept.write(changes());
  kept.remembered.notes.push_back({"alert", key_of(*chat), "not judge's"});
  kept.remembered.failures.push_back(
      {.check = key_of(*chat),
       .ended = WallTime(now),
       .verdict = failure(Step::events, Reason::stalled, "20 s of silence")});
  Judge back;
  back.assign({chat});
  back.restore(kept.remembered);
  for (const Rate& rate : judge.rates(*chat))
    for (seconds length : {seconds(600), seconds(hours(6)), seconds(hours(720))})
      EXPECT_EQ(back.tally(*chat, rate, length, now), judge.tally(*chat, rate, length, now));
  const CheckStatus was = standing(), is = back.standing(*chat);
  EXPECT_EQ(is.last, was.last);
  EXPECT_EQ(is.newest, was.newest);
  EXPECT_EQ(is.consecutive_failures, was.consecutive_failures);
  EXPECT_EQ(is.last_run, was.last_run);
  EXPECT_EQ(is.last_success, was.last_success);
  EXPECT_EQ(is.failing_since, was.failing_since);
  ASSERT_TRUE(is.failing);
  EXPECT_EQ(is.failing->reason, Reason::stalled);
  EXPECT_EQ(is.failing->detail, "20 s of silence");
  EXPECT_EQ(back.failures(*chat, minutes(10), now).groups.at(0).detail, "20 s of silence");
  Changes fresh;
  back.take_changes(fresh);
  EXPECT_TRUE(fresh.empty()) << "nothing of it is new";
}

// A chat that meets a host, over a restart in which its configuration may change.
struct Certificates : JudgeTest {
  Kept kept;
  void meet(std::string host) {
    auto made = run(Verdict::pass());
    made.trace->tls({.not_after = 1'900'000'000, .host_port = std::move(host)});
    judge.accept(made.done());
  }
  CheckStatus after_restart(const std::shared_ptr<Check>& check) {
    kept.write(changes());
    std::ranges::sort(kept.remembered.notes, {}, &StateRecord::component);
    Judge back;
    back.assign({check});
    back.restore(kept.remembered);
    return back.standing(*check);
  }
};

TEST_F(Certificates, SurviveARestart) {
  meet("login:443");
  now += hours(3);
  meet("chat:443");
  const CertificateEnds both = {{"login:443", 1'900'000'000}, {"chat:443", 1'900'000'000}};
  const CheckStatus back = after_restart(chat);
  EXPECT_EQ(back.certificates, both);
  EXPECT_TRUE(back.certificates_known);
  EXPECT_EQ(back.last, Outcome::pass);
}

TEST_F(Certificates, AreNotThoseOfAnotherConfiguration) {
  meet("old:443");
  auto changed = chat_check();
  changed->fingerprint = "another";
  const CheckStatus back = after_restart(changed);
  EXPECT_TRUE(back.certificates.empty());
  EXPECT_FALSE(back.certificates_known);
}

TEST_F(Certificates, OfEarlierHostsGoWithTheFirstRunAfterAReloadThatMeetsOthers) {
  meet("old:443");
  auto changed = chat_check();
  changed->fingerprint = "another";
  judge.assign({changed});
  EXPECT_EQ(standing().certificates.count("old:443"), 1u) << "nobody has looked yet";
  accept(failure(Step::login, Reason::tcp_refused));
  EXPECT_EQ(standing().certificates.count("old:443"), 1u);
  meet("new:443");
  EXPECT_EQ(standing().certificates, (CertificateEnds{{"new:443", 1'900'000'000}}));
}

TEST_F(Certificates, ChecksThatWereNotPerformedAreForgottenWhenTheProbeIsChanged) {
  auto made = run(Verdict::pass());
  made.trace->refusals.push_back(
      {.check = "no_token", .state = RefusalNote::State::not_performed, .why = "paused"});
  judge.accept(made.done());
  judge.assign({chat_check()});
  EXPECT_EQ(standing().not_performed.size(), 1u);
  auto changed = chat_check();
  changed->fingerprint = "another";
  judge.assign({changed});
  EXPECT_TRUE(standing().not_performed.empty());
}

TEST_F(JudgeTest, TellsOnlyWhatChangedAndUnderTheNameOfItsSeries) {
  EXPECT_TRUE(changes().empty());
  judge.accept(run(Verdict::pass())
                   .auth(Step::login, true)
                   .event("agent_started", 1, 1)
                   .event("tool_completed", 0, 0)
                   .done());
  const Changes told = changes();
  std::vector<std::string> series;
  for (const BucketRow& row : told.buckets)
    if (row.tier == 0) series.push_back(row.series);
  EXPECT_EQ(series,
            (std::vector<std::string>{"chat/chat/staging success", "chat/chat/staging auth/login",
                                      "chat/chat/staging event/agent_started"}));
  EXPECT_EQ(told.buckets.size(), 3u * 4u + 1u) << "days are of success alone";
  ASSERT_EQ(told.notes.size(), 2u);
  EXPECT_EQ(told.notes[1].component, "certificates");
  EXPECT_EQ(told.notes[0].component, "judge");
  EXPECT_EQ(told.notes[0].key, "chat/chat/staging");
  EXPECT_TRUE(changes().empty());
}

TEST_F(JudgeTest, WhatACheckLeavesBehindIsStillTold) {
  accept(Verdict::pass());
  judge.assign({});
  EXPECT_EQ(changes().buckets.size(), 5u);
  EXPECT_TRUE(changes().empty());
}

TEST_F(JudgeTest, ACheckThatIsRemovedAndAddedAgainGoesOnWithItsCounts) {
  for (int i = 0; i < 3; ++i) accept(missing_event());
  Kept kept;
  kept.write(changes());
  judge.assign({});
  EXPECT_EQ(tally(success_rate()), Tally{}) << "nobody knows it";
  judge.assign({chat});
  accept(missing_event());
  kept.write(changes());
  EXPECT_EQ(tally(success_rate()), (Tally{4, 4}));
  Judge back;
  back.assign({chat});
  back.restore(kept.remembered);
  EXPECT_EQ(back.tally(*chat, success_rate(), hours(720), now), (Tally{4, 4}));
}

// Three days with runs and a day without one between them.
struct Days : JudgeTest {
  Kept kept;
  void SetUp() override {
    JudgeTest::SetUp();
    now = std::chrono::floor<std::chrono::days>(now) + hours(12);
    accept(Verdict::pass());
    accept(missing_event());
    now += hours(48);
    accept(Verdict::pass());
    now += hours(24);
    accept(missing_event());
    kept.write(changes());
    std::ranges::sort(kept.remembered.series.at(0).buckets, {},
                      [](const auto& bucket) { return std::pair(bucket.tier, bucket.slot); });
  }
  std::vector<Tally> after_restart() {
    Judge back;
    back.assign({chat});
    back.restore(kept.remembered);
    return back.days(*chat, 5, now);
  }
};
const std::vector<Tally> five_days = {{}, {2, 1}, {}, {1, 0}, {1, 1}};

TEST_F(Days, AreThoseOfUtcOldestFirst) { EXPECT_EQ(judge.days(*chat, 5, now), five_days); }

TEST_F(Days, OutliveARestart) { EXPECT_EQ(after_restart(), five_days); }

TEST_F(Days, ComeFromTheHoursOfAStoreThatHasNoDays) {
  std::erase_if(kept.remembered.series.at(0).buckets,
                [](const SeriesRows::Bucket& bucket) { return bucket.tier == day_tier; });
  EXPECT_EQ(after_restart(), five_days);
}

TEST_F(Days, GoBackNinetyOfThem) {
  EXPECT_EQ(judge.days(*chat, 1000, now).size(), 90u);
  now += hours(24 * 86);
  EXPECT_EQ(judge.days(*chat, 90, now).at(0), (Tally{2, 1}));
  now += hours(24);
  EXPECT_EQ(judge.days(*chat, 90, now).at(0), (Tally{}));
}

TEST_F(JudgeTest, WhatIsRememberedOfNobodyIsIgnored) {
  const SeriesRows rows{"chat/gone/staging success", {{0, 180'000'000, 5, 5}}};
  const SeriesRows unknown{"chat/chat/staging event/unheard_of", {{0, 180'000'000, 5, 5}}};
  judge.restore({.series = {rows, unknown},
                 .notes = {{"judge", "chat/chat/staging", "no such text"},
                           {"judge", "chat/gone/staging", ""}},
                 .failures = {{.check = "chat/gone/staging",
                               .ended = WallTime(now),
                               .verdict = failure(Step::login, Reason::timeout)}}});
  for (const Rate& rate : judge.rates(*chat)) EXPECT_EQ(tally(rate), Tally{});
  EXPECT_FALSE(standing().last);
}

}  // namespace
}  // namespace sonde::judge::judge_memory_test
