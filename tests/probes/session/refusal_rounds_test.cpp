#include "probes/session/refusal_rounds.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/chat_target.hpp"

namespace sonde::test::refusal_rounds_test {
namespace {

using namespace std::chrono_literals;

const Instant start = Instant(1h);
const int a = 0, b = 0, c = 0;

TEST(RefusalRounds, AreAsFarApartAsThoseOfOneProbe) {
  session::RefusalRounds rounds;
  EXPECT_TRUE(rounds.begin(&a, 30s, false, start));
  EXPECT_FALSE(rounds.begin(&b, 30s, false, start + 1s));
  EXPECT_FALSE(rounds.begin(&a, 30s, false, start + 29s));
  EXPECT_TRUE(rounds.begin(&b, 30s, false, start + 30s));
}

TEST(RefusalRounds, AreMadeByEachProbeInTurnThoughOneAlwaysComesFirst) {
  session::RefusalRounds rounds;
  int made[3] = {};
  for (Span at{}; at < 300s; at += 10s)
    for (int i = 0; const int* probe : {&a, &b, &c})
      made[i++] += rounds.begin(probe, 30s, false, start + at) ? 1 : 0;
  for (const int count : made) EXPECT_GE(count, 3);
}

TEST(RefusalRounds, AreMadeFirstByTheProbeWhoseCheckFailed) {
  session::RefusalRounds rounds;
  int made[3] = {}, longest = 0, waits = 0;
  for (Span at{}; at < 600s; at += 10s)
    for (int i = 0; const int* probe : {&a, &b, &c}) {
      const bool failed = probe == &c;
      const bool now = rounds.begin(probe, 30s, failed, start + at);
      made[i++] += now ? 1 : 0;
      if (now) longest = std::max(longest, waits = failed ? 0 : waits + 1);
    }
  EXPECT_LE(longest, 2) << "at most the first, and then one of the others";
  EXPECT_GE(made[2], 8);
  for (const int count : {made[0], made[1]}) EXPECT_GE(count, 3) << "the others wait not for ever";
}

TEST(RefusalRounds, OfTwoProbesWhoseChecksFailedLeaveRoundsToTheOthers) {
  session::RefusalRounds rounds;
  int made[3] = {};
  for (Span at{}; at < 600s; at += 10s)
    for (int i = 0; const int* probe : {&a, &b, &c})
      made[i++] += rounds.begin(probe, 30s, probe != &a, start + at) ? 1 : 0;
  for (const int count : made) EXPECT_GE(count, 3);
}

TEST(RefusalRounds, WaitNotForAProbeThatDoesNotComeAgain) {
  session::RefusalRounds rounds;
  EXPECT_TRUE(rounds.begin(&a, 30s, false, start));
  EXPECT_FALSE(rounds.begin(&b, 30s, false, start + 1s));
  EXPECT_FALSE(rounds.begin(&a, 30s, false, start + 40s));
  EXPECT_TRUE(rounds.begin(&a, 30s, false, start + 90s));
}

// Two probes of one target in a daemon, which makes one check in each round.
TEST(RefusalRounds, AreLeftToTheProbeOfATargetThatJustMadeOne) {
  const Server server(Handler([](const Request& request) -> Script {
    if (request.method() == "POST") return {json(200, granted())};
    if (request.header("Authorization").empty()) return {answer(401)};
    return {accept(), ready_message(), wait_for_close()};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.probe["refuse"] = "[no_token]";
  const auto first = plan(usual.yaml()).check("p"), second = plan(usual.yaml()).check("p");
  const Attempt daemon{.seed = 7, .refusal_turn = 0}, command{.seed = 7};
  Walker walker;
  EXPECT_EQ(walker.walk(first, daemon).trace->refusals.size(), 1U);
  EXPECT_EQ(walker.walk(second, daemon).trace->refusals.size(), 0U);
  EXPECT_EQ(walker.walk(second, command).trace->refusals.size(), 1U) << "a command makes them all";
}

}  // namespace
}  // namespace sonde::test::refusal_rounds_test
