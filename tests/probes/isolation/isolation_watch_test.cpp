#include <gmock/gmock.h>

#include "probes/text/template.hpp"
#include "tests/probes/isolation/watched_sessions.hpp"

namespace sonde::isolation::isolation_watch_test {
namespace {

class Isolation : public WatchedSessions {};

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

}  // namespace
}  // namespace sonde::isolation::isolation_watch_test
