#include "probes/isolation/isolation_watch.hpp"

#include <gmock/gmock.h>

#include "probes/text/template.hpp"

namespace sonde::isolation::isolation_watch_test {
namespace {

using testing::HasSubstr;

constexpr std::string_view alices = "sonde-alice-1-k3jd92mxq0ab";

// Alice in two sessions, Bob in one; the first of Alice's has the canary.
class Isolation : public testing::Test {
 protected:
  void watch(session::SameUser same_user = session::SameUser::allow) {
    seen.emplace(same_user, std::vector<std::string>{"user_id", "thread_id", "connection_id"});
    alice = seen->add({"alice-1", "alice"});
    tab = seen->add({"alice-2", "alice"});
    bob = seen->add({"bob-1", "bob"});
    listener = seen->add({"bob-2", "bob", true});
    seen->owns(alice, alices);
  }
  void SetUp() override { watch(); }
  std::string reason() const {
    const auto finding = seen->finding();
    return finding ? std::string(name(finding->reason)) : "none";
  }

  std::optional<IsolationWatch> seen;
  std::size_t alice = 0, tab = 0, bob = 0, listener = 0;
};

std::string said(std::string_view text) {
  return R"({"type":"delta","text":")" + std::string(text) + R"("})";
}

TEST_F(Isolation, NothingIsFoundWhereEverybodyReceivesTheirOwn) {
  seen->received(alice, said(alices));
  seen->received(bob, said("sonde-bob-1-0000aaaa1111"));
  EXPECT_EQ(reason(), "none");
}

TEST_F(Isolation, ACanaryThatAnotherUserReceivesIsALeak) {
  seen->received(bob, said("the answer to " + std::string(alices) + " is 42"));
  EXPECT_EQ(reason(), "cross_user_leak");
  EXPECT_EQ(seen->finding()->detail,
            "bob-1 received what was meant for alice-1 alone (its canary)");
}

TEST_F(Isolation, ALeakIsSeenInAnyCaseAndInBinary) {
  std::string upper(alices);
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  seen->received(bob, std::string("\x00\x01\xff", 3) + upper + "\x07");
  EXPECT_EQ(reason(), "cross_user_leak");
}

class Hidden : public Isolation, public testing::WithParamInterface<int> {};

TEST_P(Hidden, ALeakIsSeenInsideBase64AtEachAlignment) {
  const std::string before(static_cast<std::size_t>(GetParam()), '?');
  const std::string whole = before + std::string(alices) + "?>~~";
  seen->received(bob, said(text::base64url(whole)));
  EXPECT_EQ(reason(), "cross_user_leak");
  watch();
  seen->received(bob, "prefix:" + text::base64(whole));
  EXPECT_EQ(reason(), "cross_user_leak");
}

INSTANTIATE_TEST_SUITE_P(Alignment, Hidden, testing::Values(0, 1, 2, 3, 4, 5));

TEST_F(Isolation, ALeakIsSeenInHex) {
  seen->received(bob, said(text::hex(alices)));
  EXPECT_EQ(reason(), "cross_user_leak");
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    out += "\\u00";
    out += {digits[static_cast<unsigned char>(c) >> 4], digits[c & 15]};
  }
  return out;
}

TEST_F(Isolation, ALeakIsSeenThroughJsonEscapes) {
  seen->received(bob, said(escaped(alices)));
  EXPECT_EQ(reason(), "cross_user_leak");
}

TEST_F(Isolation, ALeakIsSeenThroughEscapesInWhatIsNoJsonAsAWhole) {
  seen->received(bob, "42[\"reply\", \"" + escaped(alices) + "\" and more");
  EXPECT_EQ(reason(), "cross_user_leak");
}

TEST_F(Isolation, ALeakIsSeenInJsonInsideATextOfJson) {
  const std::string inner = R"({"a":[")" + escaped(alices) + R"("]})";
  seen->received(bob, R"({"identifier":)" + text::json_quote(inner) + "}");
  EXPECT_EQ(reason(), "cross_user_leak");
}

TEST_F(Isolation, ALeakIsSeenThatIsSplitOverTheMessagesOfAStream) {
  for (std::size_t at = 0; at < alices.size(); at += 3) {
    seen->received(bob, said(alices.substr(at, 3)));
    seen->received(bob, R"({"type":"ping"})");
  }
  EXPECT_EQ(reason(), "cross_user_leak");
}

TEST_F(Isolation, ALeakIsSeenThatIsSplitOverTheItemsOfLists) {
  seen->received(bob, R"({"parts":[{"t":"sonde-al"},{"t":"ice-1-k3j"}]})");
  EXPECT_EQ(reason(), "none");
  seen->received(bob, R"({"parts":[{"t":"d92mxq0ab"}]})");
  EXPECT_EQ(reason(), "cross_user_leak");
}

TEST_F(Isolation, ALeakIsSeenThatIsSplitOverMessagesOfPlainText) {
  seen->received(bob, alices.substr(0, 9));
  seen->received(bob, alices.substr(9));
  EXPECT_EQ(reason(), "cross_user_leak");
}

TEST_F(Isolation, ALeakOfLongAgoIsNotForgottenForALesserFinding) {
  seen->received(bob, said(alices));
  seen->unasked(listener, "{}", "news");
  for (int i = 0; i < 100; ++i) seen->received(bob, said("harmless " + std::to_string(i)));
  EXPECT_EQ(reason(), "cross_user_leak");
}

TEST_F(Isolation, AnotherTabOfTheUserMayReceiveTheSame) {
  seen->received(tab, said(alices));
  EXPECT_EQ(reason(), "none");
}

TEST_F(Isolation, AnotherTabMustNotWhereThatIsForbidden) {
  watch(session::SameUser::forbid);
  seen->received(tab, said(alices));
  EXPECT_EQ(reason(), "session_shared");
}

TEST_F(Isolation, TwoUsersWhoAreGivenOneIdShareASession) {
  seen->greeted(alice, R"({"type":"ready","data":{"user_id":"demo-user-001"}})");
  seen->greeted(bob, R"({"type":"ready","data":{"user_id":"demo-user-001"}})");
  EXPECT_EQ(reason(), "session_shared");
  EXPECT_THAT(seen->finding()->detail, HasSubstr("demo-user-001"));
}

TEST_F(Isolation, TwoTabsOfAUserMayBeGivenOneId) {
  seen->greeted(alice, R"({"user_id":"alice"})");
  seen->greeted(tab, R"({"user_id":"alice"})");
  EXPECT_EQ(reason(), "none");
}

TEST_F(Isolation, AnIdOfSomebodyElsesSessionIsALeak) {
  seen->sent(alice, R"({"payload":{"thread_id":"t1"}})");
  seen->received(bob, R"([{"data":{"thread_id":"t1"}}])");
  EXPECT_EQ(reason(), "cross_user_leak");
  EXPECT_THAT(seen->finding()->detail, HasSubstr("bob-1 received an id of alice-1"));
}

TEST_F(Isolation, IdsThatAreNumbersAreIdsAsWell) {
  seen->greeted(alice, R"({"thread_id":4711})");
  seen->received(bob, R"({"data":{"thread_id":4711}})");
  EXPECT_EQ(reason(), "cross_user_leak");
  watch();
  seen->greeted(alice, R"({"user_id":123456789012345678901234567890})");
  seen->greeted(bob, R"({"user_id":123456789012345678901234567891})");
  EXPECT_EQ(reason(), "none") << "all of their digits tell them apart";
  seen->greeted(bob, R"({"user_id":123456789012345678901234567890})");
  EXPECT_EQ(reason(), "session_shared");
}

TEST_F(Isolation, AnIdIsOneHoweverItsNameIsWritten) {
  for (const char* name : {"threadId", "THREAD_ID", "thread-id", "ThreadID"}) {
    watch();
    seen->sent(alice, R"({"thread_id":"thread-4711"})");
    seen->received(bob, R"({")" + std::string(name) + R"(":"thread-4711"})");
    EXPECT_EQ(reason(), "cross_user_leak") << name;
  }
}

TEST_F(Isolation, AShortIdThatUsersShareIsSeenUnlessItMayBeACounter) {
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

TEST_F(Isolation, WhoIsThereIsNoSecretInAMessageThatIsNoPartOfAChat) {
  seen->greeted(alice, R"({"user_id":"user-alice","connection_id":"connection-a1"})");
  const std::string presence =
      R"({"type":"presence","user_id":"user-alice","connection_id":"connection-a1"})";
  for (const std::size_t member : {bob, listener}) seen->received(member, presence, false, false);
  EXPECT_EQ(reason(), "none");
  seen->received(bob, presence, true, true);
  EXPECT_EQ(reason(), "cross_user_leak") << "an event of a chat is not for everybody";
}

TEST_F(Isolation, AThreadIsASecretInEveryMessage) {
  seen->greeted(alice, R"({"thread_id":"thread-of-alice"})");
  seen->received(bob, R"({"type":"typing","thread_id":"thread-of-alice"})", true, false);
  EXPECT_EQ(reason(), "cross_user_leak");
}

TEST_F(Isolation, WhomEverybodyIsToldOfIsNobodysSession) {
  seen->greeted(alice, R"({"user_id":"user-alice","users":[{"user_id":"the-agent"}]})");
  seen->greeted(bob, R"({"user_id":"user-bob","users":[{"user_id":"the-agent"}]})");
  for (const std::size_t member : {alice, bob})
    seen->received(member, R"({"type":"delta","user_id":"the-agent"})");
  EXPECT_EQ(reason(), "none");
  watch();
  const std::string list = R"([{"user_id":"user-alice"},{"user_id":"user-bob"}])";
  for (const std::size_t member : {alice, bob}) seen->greeted(member, list);
  EXPECT_EQ(reason(), "none") << "a list of who is there";
  watch();
  seen->received(alice, R"({"user_id":"the-agent"})");
  seen->received(alice, R"({"user_id":"user-alice"})");
  seen->received(bob, R"({"user_id":"the-agent"})");
  EXPECT_EQ(reason(), "session_shared") << "bob has no id of his own";
}

TEST_F(Isolation, TheAuthorOfAMessageIsNobodysUser) {
  for (const std::size_t member : {alice, bob})
    seen->received(member, R"({"fields":{"args":[{"u":{"user_id":"rocket.cat"}}]}})");
  EXPECT_EQ(reason(), "none");
  watch();
  for (const std::size_t member : {alice, bob})
    seen->received(member, R"({"type":"delta","data":{"user_id":"demo-user-1"}})");
  EXPECT_EQ(reason(), "session_shared");
}

TEST_F(Isolation, AnIdOfOneUsersThreadInTheOthersChatIsSharedThoughTheOtherHasOneToo) {
  seen->received(alice, R"({"thread_id":"thread-of-alice"})");
  seen->received(bob, R"({"thread_id":"thread-of-bob"})");
  seen->received(bob, R"({"thread_id":"thread-of-alice"})");
  EXPECT_EQ(reason(), "session_shared");
}

TEST_F(Isolation, ATextThatIsNoCanaryIsNamed) {
  seen->owns(alice, "room-k3jd92mxq0ab", "", "vars.room");
  seen->received(bob, said("room-k3jd92mxq0ab"));
  EXPECT_EQ(seen->finding()->detail, "bob-1 received what was meant for alice-1 alone (vars.room)");
}

TEST_F(Isolation, PresenceOfSeveralUsersHasOneShape) {
  seen->unasked(listener, R"({"type":"presence","user":{"name":"Alice"}})", "presence", false);
  seen->received(bob, R"({"type":"presence","user":{"name":"Alice"}})", true, false);
  seen->received(alice, R"({"type":"presence","user":{"name":"Robert"}})", false, false);
  EXPECT_EQ(reason(), "none");
  seen->unasked(listener, R"({"type":"invitation","user":{"name":"Alice"}})", "invitation", false);
  EXPECT_EQ(reason(), "foreign_event");
}

TEST_F(Isolation, ATabThatReceivesTheSameUnderANumberOfItsOwnIsNotForeign) {
  seen->received(bob, R"({"type":"delta","seq":17,"text":"a"})");
  seen->unasked(listener, R"({"type":"delta","seq":3,"text":"a"})", "delta");
  EXPECT_EQ(reason(), "none");
  seen->unasked(listener, R"({"type":"delta","seq":4,"text":"b"})", "delta");
  EXPECT_EQ(reason(), "foreign_event");
}

TEST_F(Isolation, AnIdThatWeGiveTwoUsersOurselvesTellsNobodyApart) {
  for (const char* id : {"\"main\"", "1", "\"a-constant-thread\""}) {
    const std::string message = std::string(R"({"thread_id":)") + id + "}";
    seen->sent(alice, message);
    seen->sent(bob, message);
    seen->received(alice, message);
    seen->received(bob, message);
    EXPECT_EQ(reason(), "none") << id;
  }
}

TEST_F(Isolation, AnIdThatTheServerGaveAndThatIsSaidThenIsStillTheServers) {
  for (const std::size_t member : {alice, bob}) {
    seen->greeted(member, R"({"thread_id":"main-thread"})");
    seen->sent(member, R"({"thread_id":"main-thread"})");
  }
  EXPECT_EQ(reason(), "session_shared");
}

TEST_F(Isolation, NoIdIsNobodys) {
  for (const char* nil : {"0", "-1", "null", "\"\"", "\"00000000-0000-0000-0000-000000000000\""})
    for (const std::size_t member : {alice, bob})
      seen->greeted(member, std::string(R"({"thread_id":)") + nil + "}");
  EXPECT_EQ(reason(), "none");
}

TEST_F(Isolation, ACanaryThatIsCutIsSeenByTheRandomPartThatIsLeft) {
  const std::string_view another = "sonde-alice-1-zzzz0000yyyy";
  for (const std::string_view left : {alices.substr(0, 20), alices.substr(alices.size() - 8)}) {
    watch();
    seen->owns(alice, alices, another);
    seen->received(bob, said("title: " + std::string(left) + "..."));
    EXPECT_EQ(reason(), "cross_user_leak") << left;
  }
  watch();
  seen->owns(alice, alices, another);
  seen->received(bob, said("sonde-alice-1-another-run"));
  EXPECT_EQ(reason(), "none") << "what is the same in all of them is no canary";
}

TEST_F(Isolation, TextsThatAreAlikeOrWithinOneAnotherTellNobodyApart) {
  seen->owns(alice, "thread-number-7");
  seen->owns(bob, "thread-number-7");
  seen->owns(alice, "the-room-of-1");
  seen->owns(bob, "the-room-of-12");
  for (const std::size_t member : {alice, bob}) seen->received(member, said("thread-number-7"));
  seen->received(bob, said("the-room-of-12"));
  EXPECT_EQ(reason(), "none");
}

TEST_F(Isolation, AGreetingThatComesAfterTheSessionIsReadyIsNotForeign) {
  seen->received(bob, R"({"type":"hello","number":1})", false);
  seen->unasked(listener, R"({"type":"hello","number":2})", "hello", false);
  EXPECT_EQ(reason(), "none");
  seen->unasked(listener, R"({"type":"news","number":2})", "news", false);
  EXPECT_EQ(reason(), "foreign_event");
}

TEST_F(Isolation, NewsForEveryUserAreNotForeignWhateverTheirNumbers) {
  seen->unasked(listener, R"({"type":"news","n":3,"id":"9f8-a1"})", "news", false);
  seen->received(bob, R"({"type":"news","n":12,"id":"4c1-77"})");
  EXPECT_EQ(reason(), "foreign_event") << "one user alone was told";
  seen->received(alice, R"({"type":"news","n":1,"id":"0aa-b2"})");
  EXPECT_EQ(reason(), "none");
}

TEST_F(Isolation, AnEventOfAChatIsForeignThoughEverybodyHasOne) {
  for (const std::size_t member : {alice, bob})
    seen->received(member, R"({"type":"agent_started","n":1})", false);
  seen->unasked(listener, R"({"type":"agent_started","n":2})", "agent_started", true);
  EXPECT_EQ(reason(), "foreign_event");
}

TEST_F(Isolation, AnIdThatNobodyOwnsIsSharedOnlyIfItIsNoCounter) {
  for (const char* id : {"1", "thread-7"}) {
    seen->received(alice, std::string(R"({"thread_id":")") + id + "\"}");
    seen->received(bob, std::string(R"({"thread_id":")") + id + "\"}");
    EXPECT_EQ(reason(), std::string(id) == "1" ? "none" : "session_shared");
  }
}

TEST_F(Isolation, AMessageToASilentSessionIsForeign) {
  seen->unasked(listener, R"({"type":"agent_started"})", "agent_started");
  EXPECT_EQ(reason(), "foreign_event");
  EXPECT_EQ(seen->finding()->detail, "bob-2 asked nothing and received agent_started");
}

TEST_F(Isolation, UnlessAnotherTabOfItsUserReceivedItToo) {
  seen->unasked(listener, said("a"), "delta");
  seen->received(bob, said("a"));
  EXPECT_EQ(reason(), "none");
  seen->unasked(listener, said("b"), "delta");
  seen->received(alice, said("b"));
  EXPECT_EQ(reason(), "foreign_event");
}

TEST_F(Isolation, AHostileServerCannotMakeItGrow) {
  for (int i = 0; i < 20000; ++i) {
    const std::string number = std::to_string(i);
    seen->received(bob, R"({"k)" + number + R"(":"x","thread_id":"thread-)" + number + "\"}");
  }
  seen->received(bob, said(alices));
  EXPECT_EQ(reason(), "cross_user_leak");
}

TEST_F(Isolation, ManyIdsThatUsersHaveInCommonAreJudgedInLinearTime) {
  for (const std::size_t member : {alice, tab, bob}) {
    for (int i = 0; i < 4000; ++i)
      seen->received(member, R"({"thread_id":"common-)" + std::to_string(i) + "\"}");
    seen->received(member, R"({"thread_id":"own-of-)" + std::to_string(member) + "\"}");
  }
  EXPECT_EQ(reason(), "none");
}

}  // namespace
}  // namespace sonde::isolation::isolation_watch_test
