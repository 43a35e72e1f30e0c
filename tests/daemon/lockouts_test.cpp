#include "daemon/lockouts.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace sonde::lockouts_test {
namespace {

using std::chrono::seconds;

auth::RefusalCount refused(std::string user, int times) {
  return {{"staging", std::move(user)}, times, WallTime(seconds(1'800'000'000))};
}

TEST(Lockouts, GiveBackWhatWasCounted) {
  Lockouts lockouts;
  lockouts.put(0, {refused("alice", 3), refused("bob", 1)});
  const auto notes = lockouts.take_notes();
  const auto back = Lockouts::restore(notes);
  ASSERT_EQ(back.size(), 2U);
  EXPECT_TRUE(auth::same_count(back[0], refused("alice", 3)));
  EXPECT_EQ(back[0].last, WallTime(seconds(1'800'000'000)));
  EXPECT_TRUE(auth::same_count(back[1], refused("bob", 1)));
}

TEST(Lockouts, TellOnlyWhatChanged) {
  Lockouts lockouts;
  lockouts.put(0, {refused("alice", 3), refused("bob", 1)});
  lockouts.take_notes();
  lockouts.put(0, {refused("alice", 3), refused("bob", 2)});
  const auto notes = lockouts.take_notes();
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0].key, "staging/bob");
  EXPECT_TRUE(lockouts.take_notes().empty());
}

TEST(Lockouts, ForgetAnAccountThatIsWelcomeAgainAndNoOtherWorkersOnes) {
  Lockouts lockouts;
  lockouts.put(0, {refused("alice", 3)});
  lockouts.put(1, {refused("bob", 1)});
  lockouts.take_notes();
  lockouts.put(0, {});
  EXPECT_EQ(lockouts.take_notes(), (std::vector<Note>{{"lockout", "staging/alice", ""}}));
}

TEST(Lockouts, LeaveOutNotesThatSayNothing) {
  const std::vector<Note> notes = {{"lockout", "staging/account/alice/v1", "3 1"},
                                   {"lockout", "staging", "3 1"},
                                   {"lockout", "a/b", "three 1"},
                                   {"lockout", "a/b", "-3 1"},
                                   {"lockout", "a/b", "3"},
                                   {"alert", "a/b", "3 1"}};
  EXPECT_TRUE(Lockouts::restore(notes).empty());
}

}  // namespace
}  // namespace sonde::lockouts_test
