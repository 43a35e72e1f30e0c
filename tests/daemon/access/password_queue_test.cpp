#include "daemon/access/password_queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sonde::access::password_queue_test {
namespace {

using std::chrono::minutes;
using testing::ElementsAre;

struct PasswordQueueTest : testing::Test {
  PasswordQueue queue;
  Instant now = Clock::now();

  std::string add(const std::string& id, const std::string& client) {
    return queue.add(id, client, now).value_or("");
  }
  // A check of the address that is answered at once.
  void answer(const std::string& client, bool right) {
    EXPECT_EQ(add("once", client), "");
    EXPECT_EQ(queue.next(now), "once");
    queue.finish("once", right, now);
  }
  std::vector<std::string> drain() {
    std::vector<std::string> all;
    while (const auto id = queue.next(now)) all.push_back(*id);
    return all;
  }
};

TEST_F(PasswordQueueTest, AddressesTakeTurns) {
  for (const char* id : {"a1", "a2", "a3"}) EXPECT_EQ(add(id, "a"), "");
  EXPECT_EQ(add("b1", "b"), "");
  EXPECT_EQ(add("b2", "b"), "");
  EXPECT_THAT(drain(), ElementsAre("a1", "b1", "a2", "b2", "a3"));
}

TEST_F(PasswordQueueTest, ACheckThatRunsCountsForItsAddress) {
  add("a1", "a");
  EXPECT_EQ(queue.next(now), "a1");
  add("a2", "a");
  add("b1", "b");
  EXPECT_THAT(drain(), ElementsAre("b1", "a2"));
  add("a3", "a");
  add("a4", "a");
  EXPECT_EQ(add("a5", "a"), "a5");
  queue.finish("a1", true, now);
  EXPECT_EQ(add("a5", "a"), "");
}

TEST_F(PasswordQueueTest, WhoWasRightPrecedesWhoIsUnknownAndWhoWasWrongComesLast) {
  answer("guesser", false);
  answer("known", true);
  add("guess", "guesser");
  add("new", "stranger");
  add("again", "known");
  EXPECT_THAT(drain(), ElementsAre("again", "new", "guess"));
}

TEST_F(PasswordQueueTest, AMistypedPasswordIsForgottenInTime) {
  answer("typist", false);
  now += PasswordQueue::failed_for;
  add("again", "typist");
  add("new", "stranger");
  EXPECT_THAT(drain(), ElementsAre("again", "new"));
}

TEST_F(PasswordQueueTest, AMistypedPasswordOfAKnownAddressChangesNothing) {
  answer("ann", true);
  answer("ann", false);
  add("new", "stranger");
  add("again", "ann");
  EXPECT_THAT(drain(), ElementsAre("again", "new"));
}

TEST_F(PasswordQueueTest, AFullQueueHasAPlaceForWhoIsBetterThanTheLast) {
  for (std::size_t i = 0; i < PasswordQueue::checks_max; ++i)
    answer("guesser" + std::to_string(i), false);
  answer("known", true);
  for (std::size_t i = 0; i < PasswordQueue::checks_max; ++i)
    EXPECT_EQ(add("guess" + std::to_string(i), "guesser" + std::to_string(i)), "");
  EXPECT_EQ(add("more", "guesser0"), "more");
  EXPECT_EQ(add("new", "stranger"), "guess31");
  EXPECT_EQ(add("again", "known"), "guess30");
  EXPECT_EQ(queue.next(now), "again");
  EXPECT_EQ(queue.next(now), "new");
}

// Where each of many addresses was never seen before, those that were right are still served.
TEST_F(PasswordQueueTest, ManyNewAddressesDoNotKeepAKnownOneOut) {
  answer("known", true);
  for (std::size_t i = 0; i < 1000; ++i)
    add("guess" + std::to_string(i), "new" + std::to_string(i));
  add("again", "known");
  EXPECT_EQ(queue.next(now), "again");
}

TEST_F(PasswordQueueTest, OneAddressWithManyChecksLosesItsLastToANewOne) {
  for (std::size_t i = 0; i < PasswordQueue::checks_max / 4; ++i)
    for (std::size_t k = 0; k < 4; ++k)
      EXPECT_EQ(add(std::to_string(i) + "." + std::to_string(k), "a" + std::to_string(i)), "");
  EXPECT_EQ(add("new", "stranger"), "7.3");
}

}  // namespace
}  // namespace sonde::access::password_queue_test
