// Ids that the server gives to sessions: which of them another user must not receive.
#include <gmock/gmock.h>

#include "tests/probes/isolation/watched_sessions.hpp"

namespace sonde::isolation::isolation_ids_test {
namespace {

using testing::HasSubstr;

class IsolationIds : public WatchedSessions {};

TEST_F(IsolationIds, TwoUsersWhoAreGivenOneIdShareASession) {
  seen->answered(alice, R"({"type":"ready","data":{"user_id":"demo-user-001"}})");
  seen->answered(bob, R"({"type":"ready","data":{"user_id":"demo-user-001"}})");
  EXPECT_EQ(reason(), "session_shared");
  EXPECT_THAT(seen->finding()->detail, HasSubstr("demo-user-001"));
}

TEST_F(IsolationIds, TwoTabsOfAUserMayBeGivenOneId) {
  seen->answered(alice, R"({"user_id":"alice"})");
  seen->answered(tab, R"({"user_id":"alice"})");
  EXPECT_EQ(reason(), "none");
}

TEST_F(IsolationIds, AnIdOfSomebodyElsesSessionIsALeak) {
  seen->sent(alice, R"({"payload":{"thread_id":"t1"}})");
  seen->received(bob, R"([{"data":{"thread_id":"t1"}}])");
  EXPECT_EQ(reason(), "cross_user_leak");
  EXPECT_THAT(seen->finding()->detail, HasSubstr("bob-1 received an id of alice-1"));
}

TEST_F(IsolationIds, IdsThatAreNumbersAreIdsAsWell) {
  seen->answered(alice, R"({"thread_id":4711})");
  seen->received(bob, R"({"data":{"thread_id":4711}})");
  EXPECT_EQ(reason(), "cross_user_leak");
  watch();
  seen->answered(alice, R"({"user_id":123456789012345678901234567890})");
  seen->answered(bob, R"({"user_id":123456789012345678901234567891})");
  EXPECT_EQ(reason(), "none") << "all of their digits tell them apart";
  seen->answered(bob, R"({"user_id":123456789012345678901234567890})");
  EXPECT_EQ(reason(), "session_shared");
}

TEST_F(IsolationIds, AnIdIsOneHoweverItsNameIsWritten) {
  for (const char* name : {"threadId", "THREAD_ID", "thread-id", "ThreadID"}) {
    watch();
    seen->sent(alice, R"({"thread_id":"thread-4711"})");
    seen->received(bob, R"({")" + std::string(name) + R"(":"thread-4711"})");
    EXPECT_EQ(reason(), "cross_user_leak") << name;
  }
}

TEST_F(IsolationIds, AShortIdThatUsersShareIsSeenUnlessItMayBeACounter) {
  for (const char* id : {"ab12c", "4f9a0c", "k3j9d", "1a"}) {
    watch();
    for (const std::size_t member : {alice, bob})
      seen->received(member, R"({"thread_id":")" + std::string(id) + "\"}");
    EXPECT_EQ(reason(), "session_shared") << id;
  }
  for (const char* id : {"7", "4711", "t1", "run-12", "main"}) {
    watch();
    for (const std::size_t member : {alice, bob})
      seen->received(member, R"({"thread_id":")" + std::string(id) + "\"}");
    EXPECT_EQ(reason(), "none") << id;
  }
  for (const char* id : {"1", "\"demo\""}) {
    watch();
    for (const std::size_t member : {alice, bob})
      seen->received(member, R"({"userId":)" + std::string(id) + "}");
    EXPECT_EQ(reason(), "session_shared") << "a user is no counter: " << id;
  }
}

TEST_F(IsolationIds, WhoIsThereIsNoSecretInAMessageThatIsNoPartOfAChat) {
  seen->answered(alice, R"({"user_id":"user-alice","connection_id":"connection-a1"})");
  const std::string presence =
      R"({"type":"presence","user_id":"user-alice","connection_id":"connection-a1"})";
  for (const std::size_t member : {bob, listener}) seen->received(member, presence, false, false);
  EXPECT_EQ(reason(), "none");
  seen->received(bob, presence, true, true);
  EXPECT_EQ(reason(), "cross_user_leak") << "an event of a chat is not for everybody";
}

TEST_F(IsolationIds, AThreadIsASecretInEveryMessage) {
  seen->answered(alice, R"({"thread_id":"thread-of-alice"})");
  seen->received(bob, R"({"type":"typing","thread_id":"thread-of-alice"})", true, false);
  EXPECT_EQ(reason(), "cross_user_leak");
}

TEST_F(IsolationIds, ABroadcastBeforeASessionIsReadyGivesItNoId) {
  const std::string typing = R"({"type":"typing","thread_id":"the-general-room"})";
  for (const bool first : {true, false}) {
    watch();
    for (const std::size_t member : {alice, bob}) {
      const std::string own = R"({"thread_id":"thread-of-)" + std::to_string(member) + "\"}";
      if (first || member == bob) seen->received(member, typing, false, false);
      seen->answered(member, own);
      seen->received(member, own);
    }
    seen->received(alice, typing, true, false);
    EXPECT_EQ(reason(), "none");
  }
}

TEST_F(IsolationIds, AThreadOfAnotherUserIsALeakBeforeASessionIsReadyToo) {
  seen->answered(alice, R"({"thread_id":"thread-of-alice"})");
  seen->received(bob, R"({"type":"typing","thread_id":"thread-of-alice"})", false, false);
  EXPECT_EQ(reason(), "cross_user_leak");
}

TEST_F(IsolationIds, ARoomThatWeNameOurselvesIsOursThoughABroadcastNamedItFirst) {
  for (const std::size_t member : {alice, bob}) {
    seen->received(member, R"({"type":"typing","thread_id":"the-general-room"})", false, false);
    seen->sent(member, R"({"thread_id":"the-general-room"})");
  }
  EXPECT_EQ(reason(), "none");
}

TEST_F(IsolationIds, TwoUsersWhoAreGivenOneThreadShareItThoughEachHasOneOfItsOwnToo) {
  for (const std::size_t member : {alice, bob}) {
    seen->answered(member, R"({"thread_id":"the-only-thread"})");
    seen->received(member, R"({"thread_id":"thread-of-)" + std::to_string(member) + "\"}");
  }
  EXPECT_EQ(reason(), "session_shared");
}

TEST_F(IsolationIds, WhomEverybodyIsToldOfIsNobodysSession) {
  seen->answered(alice, R"({"user_id":"user-alice","users":[{"user_id":"the-agent"}]})");
  seen->answered(bob, R"({"user_id":"user-bob","users":[{"user_id":"the-agent"}]})");
  for (const std::size_t member : {alice, bob})
    seen->received(member, R"({"type":"delta","user_id":"the-agent"})");
  EXPECT_EQ(reason(), "none");
  watch();
  const std::string list = R"([{"user_id":"user-alice"},{"user_id":"user-bob"}])";
  for (const std::size_t member : {alice, bob}) seen->answered(member, list);
  EXPECT_EQ(reason(), "none") << "a list of who is there";
  watch();
  seen->received(alice, R"({"user_id":"the-agent"})");
  seen->received(alice, R"({"user_id":"user-alice"})");
  seen->received(bob, R"({"user_id":"the-agent"})");
  EXPECT_EQ(reason(), "session_shared") << "bob has no id of his own";
}

TEST_F(IsolationIds, TheAuthorOfAMessageIsNobodysUser) {
  for (const std::size_t member : {alice, bob})
    seen->received(member, R"({"fields":{"args":[{"u":{"user_id":"rocket.cat"}}]}})");
  EXPECT_EQ(reason(), "none");
  watch();
  for (const std::size_t member : {alice, bob})
    seen->received(member, R"({"type":"delta","data":{"user_id":"demo-user-1"}})");
  EXPECT_EQ(reason(), "session_shared");
}

TEST_F(IsolationIds, AnIdOfOneUsersThreadInTheOthersChatIsSharedThoughTheOtherHasOneToo) {
  seen->received(alice, R"({"thread_id":"thread-of-alice"})");
  seen->received(bob, R"({"thread_id":"thread-of-bob"})");
  seen->received(bob, R"({"thread_id":"thread-of-alice"})");
  EXPECT_EQ(reason(), "session_shared");
}

TEST_F(IsolationIds, AnIdThatWeGiveTwoUsersOurselvesTellsNobodyApart) {
  for (const char* id : {"\"main\"", "1", "\"a-constant-thread\""}) {
    const std::string message = std::string(R"({"thread_id":)") + id + "}";
    seen->sent(alice, message);
    seen->sent(bob, message);
    seen->received(alice, message);
    seen->received(bob, message);
    EXPECT_EQ(reason(), "none") << id;
  }
}

TEST_F(IsolationIds, AnIdThatTheServerGaveAndThatIsSaidThenIsStillTheServers) {
  for (const std::size_t member : {alice, bob}) {
    seen->answered(member, R"({"thread_id":"main-thread"})");
    seen->sent(member, R"({"thread_id":"main-thread"})");
  }
  EXPECT_EQ(reason(), "session_shared");
}

TEST_F(IsolationIds, NoIdIsNobodys) {
  for (const char* nil : {"0", "-1", "null", "\"\"", "\"00000000-0000-0000-0000-000000000000\""})
    for (const std::size_t member : {alice, bob})
      seen->answered(member, std::string(R"({"thread_id":)") + nil + "}");
  EXPECT_EQ(reason(), "none");
}

TEST_F(IsolationIds, AnIdThatNobodyOwnsIsSharedOnlyIfItIsNoCounter) {
  for (const char* id : {"1", "thread-7"}) {
    seen->received(alice, std::string(R"({"thread_id":")") + id + "\"}");
    seen->received(bob, std::string(R"({"thread_id":")") + id + "\"}");
    EXPECT_EQ(reason(), std::string(id) == "1" ? "none" : "session_shared");
  }
}

TEST_F(IsolationIds, ManyIdsThatUsersHaveInCommonAreJudgedInLinearTime) {
  for (const std::size_t member : {alice, tab, bob}) {
    for (int i = 0; i < 4000; ++i)
      seen->received(member, R"({"thread_id":"common-)" + std::to_string(i) + "\"}");
    seen->received(member, R"({"thread_id":"own-of-)" + std::to_string(member) + "\"}");
  }
  EXPECT_EQ(reason(), "none");
}

}  // namespace
}  // namespace sonde::isolation::isolation_ids_test
