// How a conversation ends: terminal events, limits, silence, the connection's end, precedence.
#include "probes/dialect/expectation.hpp"
#include "tests/probes/dialect/event_story.hpp"

namespace sonde::dialect::expectation_end_test {
namespace {

using std::chrono::milliseconds;

Story start(EventRules rules = five()) {
  Story story(std::move(rules));
  story.comes(10, "agent_started").comes(20, "agent_thinking");
  return story;
}

Story whole(EventRules rules = five()) {
  Story story = start(std::move(rules));
  story.comes(30, "tool_executing").comes(40, "tool_completed").comes(50, "agent_completed");
  return story;
}

EventRules limited(const char* yaml) {
  EventRules rules = five();
  config::Mistakes mistakes;
  section_of(&rules).read(*config::parse(yaml, "", mistakes), config::Reader(mistakes), rules);
  EXPECT_FALSE(mistakes.any());
  return rules;
}

TEST(ConversationEnd, ComesWhenTheSettleTimeAfterTheTerminalEventIsOver) {
  Story story = start();
  EXPECT_FALSE(story.expectation().next_limit());
  EXPECT_FALSE(story.expectation().passed(story.time(60'000)));
  story.comes(50, "agent_completed");
  EXPECT_TRUE(story.expectation().terminal_seen());
  EXPECT_EQ(story.expectation().next_limit(), story.time(800));
  EXPECT_FALSE(story.expectation().passed(story.time(799)));
  EXPECT_TRUE(story.expectation().passed(story.time(800)));
}

TEST(ConversationEnd, CatchesWhatComesAfterTheTerminalEvent) {
  Story story = whole().comes(150, "agent_thinking");
  EXPECT_EQ(story.remark(), "the run was over");
  EXPECT_EQ(story.ends(800),
            "after_terminal: agent_thinking came 0.100 s after agent_completed had ended the run");
  EXPECT_EQ(story.delivery("agent_thinking").out_of_order, 1U);
  EXPECT_NE(story.notes().find("agent_thinking after_terminal 150"), std::string::npos);
}

TEST(ConversationEnd, AnEventBehindItIsThatWhateverElseItIs) {
  for (const std::string late : {"agent_completed", "agent_started", "agent_error"})
    EXPECT_EQ(whole().comes(150, late).reason(800), "after_terminal") << late;
  Story again = whole().comes(150, "agent_thinking", R"({"event_id":"e1"})");
  EXPECT_EQ(again.comes(160, "agent_thinking", R"({"event_id":"e1"})").reason(800),
            "after_terminal");
  EXPECT_EQ(again.delivery("agent_thinking").duplicated, 1U) << "every count is kept";
  EXPECT_EQ(again.delivery("agent_thinking").out_of_order, 2U);
  EventRules forbidding = five();
  forbidding.events.push_back({.id = "leak", .types = {}, .json = {}, .forbid = true});
  EXPECT_EQ(Story(forbidding).comes(10, "agent_completed").comes(20, "leak").remark(),
            "the run was over");
}

TEST(ConversationEnd, DoesNotMissAnEventThatCameAfterTheTerminalOne) {
  Story story = start().comes(30, "tool_executing").comes(50, "agent_completed");
  EXPECT_EQ(story.comes(60, "tool_completed").reason(800), "after_terminal");
  EXPECT_EQ(story.delivery("tool_completed").delivered, 1U);
}

TEST(ConversationEnd, JudgesTheTerminalEventAlthoughTheDeadlineCutsTheSettleTime) {
  EXPECT_EQ(whole().ends(60, End::deadline), "ok");
}

TEST(ConversationEnd, JudgesTheTerminalEventAlthoughTheConnectionClosesRightAfterIt) {
  EXPECT_EQ(whole().ends(60, End::closed, {EndedBy::rst, 0, ""}), "ok");
}

TEST(ConversationEnd, WaitsForAllOfSeveralTerminalEventsInAnyOrder) {
  const char* rules = "{ events: { reply: {}, idle: {} }, terminal_all_of: [reply, idle] }";
  for (const bool idle_first : {true, false}) {
    Story story(rules_of(rules));
    story.comes(1, idle_first ? "idle" : "reply");
    EXPECT_FALSE(story.expectation().terminal_seen());
    story.comes(2, idle_first ? "reply" : "idle");
    EXPECT_TRUE(story.expectation().terminal_seen());
    EXPECT_EQ(story.ends(800), "ok");
  }
}

TEST(ConversationEnd, IsAtOnceWhenTheAgentFails) {
  Story story = start().comes(30, "error", R"({"message":"no capacity"})");
  EXPECT_EQ(story.remark(), "the agent failed");
  EXPECT_TRUE(story.expectation().passed(story.time(30)));
  EXPECT_EQ(story.ends(31), "agent_error: error came after 0.030 s: no capacity");
  EXPECT_EQ(story.delivery("agent_error").expected, 0U);
}

TEST(ConversationEnd, WithoutATerminalEventIsClosedMidstreamAndNeverMissing) {
  EXPECT_EQ(start().ends(500, End::closed, {EndedBy::close_frame, 1011, "boom"}),
            "closed_midstream: the server closed with 1011 boom before "
            "agent_completed came; 2 of 5 events: agent_started 0.010 s, agent_thinking 0.020 s");
  EXPECT_EQ(
      start()
          .ends(500, End::closed, {EndedBy::fin, 0, ""})
          .find("closed_midstream: the connection ended (fin) before agent_completed came; 2 of 5"),
      0U);
  EXPECT_EQ(start()
                .ends(500, End::closed, {EndedBy::close_frame, 0, ""})
                .find("closed_midstream: the server closed without a code"),
            0U);
}

TEST(ConversationEnd, WithoutAnyEventIsAFirstEventTimeoutAtTheDeadline) {
  EXPECT_EQ(
      Story(five()).ends(60'000, End::deadline),
      "first_event_timeout: no event came within 60.000 s of the send; none of 5 events came");
  EXPECT_EQ(Story(five()).comes(5, "x").reason(60'000, End::deadline), "first_event_timeout");
  EXPECT_EQ(Story(five()).foreign(5, "x").reason(60'000, End::deadline), "foreign_event");
}

TEST(ConversationEnd, WithoutTheTerminalEventIsATimeoutAtTheDeadline) {
  EXPECT_EQ(start().ends(60'000, End::deadline),
            "timeout: agent_completed did not come within 60.000 s; 2 of 5 events: agent_started "
            "0.010 s, agent_thinking 0.020 s");
}

TEST(ConversationEnd, IsAStallWhenEventsStayAwayTooLong) {
  Story story = start(limited("gap_max: 15s"));
  EXPECT_EQ(story.expectation().next_limit(), story.time(15'020));
  EXPECT_FALSE(story.expectation().passed(story.time(15'019)));
  EXPECT_TRUE(story.expectation().passed(story.time(15'020)));
  EXPECT_EQ(
      story.ends(15'020).find("stalled: after agent_thinking nothing came for 15.000 s; 2 of 5"),
      0U);
}

TEST(ConversationEnd, IsAStallAlsoWhenTheNextEventCameBeforeAnybodyLooked) {
  Story story = start(limited("gap_max: 1s")).comes(5000, "tool_executing");
  EXPECT_TRUE(story.expectation().passed(story.time(5000)));
  EXPECT_EQ(story.reason(5000), "stalled");
}

TEST(ConversationEnd, IsAStallAlsoAtTheDeadline) {
  EXPECT_EQ(start(limited("gap_max: 15s")).reason(20'000, End::deadline), "stalled");
  EXPECT_EQ(start(limited("gap_max: 15s")).reason(10'000, End::deadline), "timeout");
}

TEST(ConversationEnd, IsNoStallBeforeTheFirstEventNorAfterTheTerminalOne) {
  Story silent(limited("gap_max: 15s"));
  EXPECT_FALSE(silent.expectation().next_limit());
  EXPECT_EQ(silent.reason(60'000, End::deadline), "first_event_timeout");
  Story done = whole(limited("{ gap_max: 10ms, settle: 5s }"));
  EXPECT_EQ(done.ends(5050), "ok");
}

TEST(ConversationEnd, IsNoStallWhileOwnEventsOfUnknownTypesCome) {
  Story story = start(limited("gap_max: 1s")).comes(900, "token").comes(1800, "token");
  EXPECT_EQ(story.expectation().next_limit(), story.time(2800));
}

TEST(ConversationEnd, CountsAnEventAfterItsLimitAsLateAndNotAsDelivered) {
  const char* rules = "events: { agent_thinking: { within: 15ms } }";
  Story story = whole(limited(rules));
  EXPECT_EQ(story.ends(800), "event_late: agent_thinking came after 0.020 s; its limit is 0.015 s");
  EXPECT_EQ(story.delivery("agent_thinking").late, 1U);
  EXPECT_EQ(story.delivery("agent_thinking").delivered, 0U);
  EXPECT_NE(story.notes().find("agent_thinking late 20"), std::string::npos);
  EXPECT_EQ(start(limited(rules)).reason(60'000, End::deadline), "event_late");
}

TEST(ConversationEnd, AtTheDeadlineMissesAnEventWhoseOwnLimitHadPassed) {
  const char* rules = "events: { tool_executing: { within: 5s } }";
  EXPECT_EQ(start(limited(rules))
                .ends(60'000, End::deadline)
                .find("missing_event: tool_executing never came; its limit is 5.000 s; 2 of 5"),
            0U);
  EXPECT_EQ(start(limited(rules)).reason(4'000, End::deadline), "timeout");
}

TEST(ConversationEnd, KeepsTheLongestSilenceUpToTheEndOfARunThatDidNotEnd) {
  Story story = start();
  story.ends(5020, End::deadline);
  EXPECT_EQ(story.expectation().longest_silence(), milliseconds(5000));
  EXPECT_FALSE(story.expectation().terminal_event());
}

struct Rank {
  const char* reason;
  std::string told;
};

Story strict() {
  return Story(
      limited("{ unknown_events: fail, events: { never: { min: 0, forbid: true },"
              " agent_thinking: { fields: [/x] } } }"));
}

Story dirty() {
  return strict().comes(1, "x").comes(2, "agent_thinking").comes(3, "agent_started");
}

Story ordered(const char* thought = "{}") {
  return strict().comes(1, "x").comes(2, "agent_started").comes(3, "agent_thinking", thought);
}

Story tools(Story story) { return story.comes(30, "tool_executing").comes(40, "tool_completed"); }

Story end(Story story) { return story.comes(50, "agent_completed"); }

// Each story has everything wrong that the ones after it have.
TEST(ConversationEnd, GivesTheReasonThatSaysMost) {
  const Rank ranks[] = {
      {"foreign_event", dirty().foreign(4, "x").comes(5, "error").reason(9, End::closed)},
      {"agent_error", dirty().comes(5, "error").reason(9, End::closed)},
      {"closed_midstream", dirty().comes(5, "never").reason(9, End::closed)},
      {"timeout", dirty().comes(5, "never").reason(9, End::deadline)},
      {"missing_event", end(dirty().comes(5, "never").comes(6, "tool_executing")).reason(99)},
      {"forbidden_event",
       end(tools(dirty()).comes(41, "never").comes(42, "tool_executing")).reason(99)},
      {"after_terminal", end(tools(dirty()).comes(42, "tool_executing").comes(43, "agent_started"))
                             .comes(60, "agent_thinking")
                             .reason(99)},
      {"unpaired_event",
       end(tools(dirty()).comes(42, "tool_executing").comes(43, "agent_started")).reason(99)},
      {"duplicate_event", end(tools(dirty()).comes(43, "agent_started")).reason(99)},
      {"out_of_order", end(tools(dirty())).reason(99)},
      {"malformed", end(tools(ordered())).reason(99)},
      {"unknown_event", end(tools(ordered(R"({"x":1})"))).reason(99)},
  };
  for (const auto& [reason, told] : ranks) EXPECT_EQ(told, reason);
}

TEST(ConversationEnd, AToolThatBeginsAfterTheEndIsNoUnpairedOne) {
  EXPECT_EQ(whole().comes(60, "tool_executing").reason(800), "after_terminal");
}

TEST(ConversationEnd, AnAnswerThatOvertakesItsSendCameAtOnce) {
  Story story = start().comes(-1, "error");
  EXPECT_EQ(story.ends(99).find("agent_error: error came after 0.000 s"), 0U) << story.ends(99);
}

TEST(Pairing, GoesByKeyWhereEveryFrameHasOne) {
  const auto tools = [](std::vector<std::pair<const char*, const char*>> frames) {
    Story story = start();
    int at = 30;
    for (const auto& [type, body] : frames) story.comes(at++, type, body);
    return story.comes(50, "agent_completed").reason(800);
  };
  const char *on = "tool_executing", *off = "tool_completed";
  const char *a = R"({"execution_id":"a"})", *b = R"({"data":{"execution_id":"b"}})";
  EXPECT_EQ(tools({{on, a}, {on, b}, {off, b}, {off, a}}), "ok");
  EXPECT_EQ(tools({{on, a}, {off, b}}), "unpaired_event");
  EXPECT_EQ(tools({{on, a}, {on, b}, {off, a}}), "unpaired_event");
  EXPECT_EQ(tools({{on, a}, {off, a}, {off, a}}), "unpaired_event");
  EXPECT_EQ(tools({{on, a}, {off, b}, {on, b}, {off, a}}), "out_of_order");
}

TEST(Pairing, CountsWhereAFrameHasNoKey) {
  const auto tools = [](std::vector<const char*> types) {
    Story story = start();
    int at = 30;
    for (const auto& type : types)
      story.comes(at++, type, &type == &types.front() ? R"({"execution_id":"a"})" : "{}");
    return story.comes(50, "agent_completed").reason(800);
  };
  const char *on = "tool_executing", *off = "tool_completed";
  EXPECT_EQ(tools({on, off, on, off}), "ok");
  EXPECT_EQ(tools({on, on, off, off}), "ok");
  EXPECT_EQ(tools({on, off, off}), "unpaired_event");
  EXPECT_EQ(tools({on, on, off}), "unpaired_event");
  EXPECT_EQ(tools({off, on}), "out_of_order");
}

}  // namespace
}  // namespace sonde::dialect::expectation_end_test
