#include "probes/dialect/expectation.hpp"

#include "tests/probes/dialect/event_story.hpp"

namespace sonde::dialect::expectation_test {
namespace {

using std::chrono::milliseconds;

constexpr const char* names[] = {"agent_started", "agent_thinking", "tool_executing",
                                 "tool_completed", "agent_completed"};

// All five, 10 ms apart from 10 ms on, without those in `lost`.
Story five_events(const std::string& lost = "", EventRules rules = five()) {
  Story story(std::move(rules));
  int at = 0;
  for (const char* event : names)
    if (at += 10; lost.find(event) == std::string::npos) story.comes(at, event);
  return story;
}

EventRules with(std::string_view yaml) {
  EventRules rules = five();
  config::Mistakes mistakes;
  section_of(&rules).read(*config::parse(yaml, "", mistakes), config::Reader(mistakes), rules);
  EXPECT_FALSE(mistakes.any());
  return rules;
}

TEST(Expectation, HoldsWhenTheFiveEventsComeInOrder) {
  Story story = five_events();
  EXPECT_EQ(story.ends(800), "ok");
  EXPECT_EQ(story.notes(),
            "agent_started received 10, agent_thinking received 20, tool_executing received 30, "
            "tool_completed received 40, agent_completed received 50");
  for (const char* event : names) {
    EXPECT_EQ(story.delivery(event).expected, 1U) << event;
    EXPECT_EQ(story.delivery(event).delivered, 1U) << event;
  }
  EXPECT_EQ(story.expectation().deliveries().size(), 5U);
}

TEST(Expectation, AnIdOfZeroIsNoId) {
  for (const char* nil : {"0", R"("00000000-0000-0000-0000-000000000000")"}) {
    const std::string body = std::string(R"({"event_id":)") + nil + "}";
    Story story(five());
    int at = 0;
    for (const char* event : names) story.comes(at += 10, event, body);
    EXPECT_EQ(story.comes(45, "agent_thinking", body).remark(), "the run was over");
    Story twice(five());
    twice.comes(10, "agent_thinking", body).comes(20, "agent_thinking", body);
    EXPECT_EQ(twice.delivery("agent_thinking").duplicated, 0U) << nil;
  }
}

TEST(Expectation, MissesEachEventThatNeverCame) {
  for (const char* lost : {"agent_started", "agent_thinking", "tool_executing", "tool_completed"}) {
    Story story = five_events(lost);
    EXPECT_EQ(story.ends(800).find(std::string("missing_event: ") + lost +
                                   " never came; 4 of 5 events: "),
              0U)
        << lost << " " << story.notes();
    EXPECT_EQ(story.delivery(lost).expected, 1U);
    EXPECT_EQ(story.delivery(lost).delivered, 0U);
  }
}

TEST(Expectation, SaysInOneSentenceWhatIsMissingAndWhatCame) {
  EXPECT_EQ(five_events("tool_completed agent_thinking").ends(800),
            "missing_event: agent_thinking never came, tool_completed never came; 3 of 5 events: "
            "agent_started 0.010 s, tool_executing 0.030 s, agent_completed 0.050 s");
}

TEST(Expectation, SaysThatNoToolWasUsedWhenNeitherToolEventCame) {
  EXPECT_EQ(five_events("tool_executing tool_completed").reason(800), "tool_not_used");
  EXPECT_EQ(five_events("tool_executing tool_completed agent_thinking").reason(800),
            "missing_event");
}

TEST(Expectation, CountsUpToTheLeastNumberOfAnEvent) {
  EXPECT_EQ(five_events("", with("events: { agent_thinking: { min: 2 } }")).ends(800),
            "missing_event: agent_thinking came 1 of 2 times; 5 of 5 events: agent_started 0.010 "
            "s, agent_thinking 0.020 s, tool_executing 0.030 s, tool_completed 0.040 s, "
            "agent_completed 0.050 s");
}

TEST(Expectation, TakesMoreThanTheMostForADuplicate) {
  Story story(five());
  story.comes(10, "agent_started").comes(15, "agent_started");
  EXPECT_EQ(story.remark(), "it is a duplicate");
  story.comes(20, "agent_thinking").comes(30, "tool_executing").comes(40, "tool_completed");
  EXPECT_EQ(story.comes(50, "agent_completed").ends(800),
            "duplicate_event: agent_started came again after 0.015 s; at most 1 may come");
  EXPECT_EQ(story.delivery("agent_started").duplicated, 1U);
  EXPECT_EQ(story.delivery("agent_started").delivered, 1U);
}

TEST(Expectation, TakesTheSameEventIdTwiceForADuplicateAlthoughAnyNumberMayCome) {
  Story story(five());
  story.comes(10, "agent_started").comes(20, "agent_thinking", R"({"event_id":"e1"})");
  story.comes(21, "agent_thinking", R"({"event_id":"e1"})");
  story.comes(30, "tool_executing", R"({"event_id":"e1"})").comes(40, "tool_completed");
  EXPECT_EQ(story.comes(50, "agent_completed").ends(800),
            "duplicate_event: agent_thinking came again after 0.021 s with the same event id");
  EXPECT_EQ(story.delivery("tool_executing").duplicated, 0U);
}

TEST(Expectation, LetsAnEventWithoutAnUpperBoundComeOften) {
  Story story(five());
  story.comes(10, "agent_started").comes(20, "agent_thinking").comes(30, "agent_thinking");
  story.comes(40, "tool_executing").comes(50, "tool_completed").comes(60, "agent_completed");
  EXPECT_EQ(story.ends(800), "ok");
}

TEST(Expectation, SeesAnEventBeforeTheOneItMustFollow) {
  Story story(five());
  story.comes(10, "agent_thinking");
  EXPECT_EQ(story.remark(), "agent_started had not come before it");
  story.comes(20, "agent_started").comes(30, "tool_executing").comes(40, "tool_completed");
  story.comes(50, "agent_completed");
  EXPECT_EQ(story.ends(800).find("out_of_order: agent_thinking came out of its order; 5 of 5"), 0U);
  EXPECT_EQ(story.delivery("agent_thinking").out_of_order, 1U);
  EXPECT_EQ(story.delivery("agent_thinking").delivered, 1U);
  EXPECT_EQ(story.notes().find("agent_thinking out_of_order 10"), 0U);
}

TEST(Expectation, SeesAnEventAfterTheOneItMustPrecede) {
  Story story(rules_of("events: { a: { before: [b] }, b: {}, z: { terminal: ok } }"));
  EXPECT_EQ(story.comes(1, "b").comes(2, "a").comes(3, "z").reason(800), "out_of_order");
}

TEST(Expectation, JudgesNoOrderAgainstAnEventThatNeverCame) {
  Story story(rules_of("events: { a: { after: [o] }, o: { min: 0 }, z: { terminal: ok } }"));
  EXPECT_EQ(story.comes(1, "a").comes(2, "z").ends(800), "ok");
}

TEST(Expectation, IsAPartialOrder) {
  Story story(five());
  story.comes(10, "agent_started").comes(20, "tool_executing").comes(30, "tool_completed");
  EXPECT_EQ(story.comes(40, "agent_thinking").comes(50, "agent_completed").ends(800), "ok");
}

TEST(Expectation, RequiresAConditionalEventOnceItsConditionCame) {
  const auto rules = [] {
    return rules_of("events: { on: { min: 0 }, off: { required_if: on }, z: { terminal: ok } }");
  };
  Story without(rules());
  EXPECT_EQ(without.comes(1, "z").ends(800), "ok");
  EXPECT_EQ(without.delivery("off").expected, 0U);
  Story wanting(rules());
  EXPECT_EQ(wanting.comes(1, "on").comes(2, "z").reason(800), "missing_event");
  EXPECT_EQ(wanting.delivery("off").expected, 1U);
  Story complete(rules());
  EXPECT_EQ(complete.comes(1, "on").comes(2, "off").comes(3, "z").ends(800), "ok");
  EXPECT_EQ(complete.delivery("off").delivered, 1U);
}

TEST(Expectation, RefusesAForbiddenEvent) {
  Story story(rules_of("events: { bad: { forbid: true }, z: { terminal: ok } }"));
  EXPECT_EQ(story.comes(5, "bad").remark(), "it must not come");
  EXPECT_EQ(story.comes(9, "z").ends(800),
            "forbidden_event: bad came after 0.005 s; it must not come");
  EXPECT_EQ(Story(rules_of("events: { bad: { forbid: true }, z: { terminal: ok } }"))
                .comes(9, "z")
                .ends(800),
            "ok");
}

TEST(Expectation, MatchesTheFirstDeclaredEventWhosePlacesFit) {
  Story story(rules_of(R"(
events:
  idle: { type: status, json: { /state: idle }, terminal: ok }
  busy: { type: status, json: { /state: busy } }
)"));
  story.comes(1, "status", R"({"state":"busy"})").comes(2, "status", R"({"state":"idle"})");
  EXPECT_EQ(story.ends(800), "ok");
  EXPECT_EQ(story.notes(), "busy received 1, idle received 2");
}

TEST(Expectation, KeepsTheCanonicalNameOfAnEventThatIsCalledOtherwise) {
  Story story(rules_of("events: { agent_completed: { type: [turn.end, fin], terminal: ok } }"));
  EXPECT_EQ(story.comes(1, "fin").ends(800), "ok");
  EXPECT_EQ(story.notes(), "agent_completed received 1");
}

TEST(Expectation, WantsTheFieldsOfAnEventFilled) {
  const char* rules = "events: { t: { fields: [/tool_name] }, z: { terminal: ok } }";
  EXPECT_EQ(Story(rules_of(rules)).comes(1, "t", R"({"tool_name":"calc"})").comes(2, "z").ends(800),
            "ok");
  for (const char* body : {"{}", R"({"tool_name":""})", R"({"tool_name":null})"})
    EXPECT_EQ(Story(rules_of(rules)).comes(1, "t", body).comes(2, "z").ends(800),
              "malformed: t (after 0.001 s) has no /tool_name");
}

TEST(Expectation, DoesWithUnknownEventsWhatTheDialectSays) {
  EXPECT_EQ(five_events().comes(60, "x").ends(800), "ok");
  EXPECT_EQ(five_events("", with("unknown_events: ignore")).comes(60, "x").ends(800), "ok");
  const auto strict = with("unknown_events: fail");
  EXPECT_EQ(Story(strict).comes(5, "x").remark(), "its type is unknown");
  EXPECT_EQ(five_events("", strict).comes(60, "x").ends(800),
            "after_terminal: x came 0.010 s after agent_completed had ended the run");
}

TEST(Expectation, FailsOnAnEventOfAnotherRun) {
  Story story = five_events().foreign(55, "agent_thinking");
  EXPECT_EQ(story.remark(), "it belongs to another run");
  EXPECT_EQ(story.ends(800).find("foreign_event: agent_thinking of another run came after 0.055 s"),
            0U);
  EXPECT_EQ(story.delivery("agent_thinking").foreign, 1U);
  EXPECT_EQ(story.delivery("agent_thinking").duplicated, 0U);
}

TEST(Expectation, LetsAnotherRunPassWhereTheDialectCountsIt) {
  Story story = five_events("", with("foreign_events: count")).foreign(55, "agent_thinking");
  EXPECT_EQ(story.ends(800), "ok");
  EXPECT_EQ(story.delivery("agent_thinking").foreign, 1U);
}

TEST(Expectation, TakesAForeignEventForNoEvidenceOfItsOwn) {
  Story story =
      five_events("tool_completed", with("foreign_events: count")).foreign(55, "tool_completed");
  EXPECT_EQ(story.reason(800), "missing_event");
}

TEST(Expectation, TakesAnUnattributedEventForNoEvidenceAtAll) {
  Story story =
      five_events("tool_completed").comes(45, "tool_completed", "{}", Owner::unattributed);
  EXPECT_NE(story.ends(800).find("; 1 that belong to no run"), std::string::npos);
}

TEST(Expectation, MeasuresFromTheSend) {
  Story story = five_events();
  story.ends(800);
  EXPECT_EQ(story.expectation().first_event(), milliseconds(10));
  EXPECT_EQ(story.expectation().terminal_event(), milliseconds(50));
  EXPECT_EQ(story.expectation().longest_silence(), milliseconds(10));
}

TEST(Expectation, PassesOverForeignEventsThatMeanNothing) {
  Story story = five_events("", with("foreign_events: ignore")).foreign(55, "agent_thinking");
  EXPECT_EQ(story.remark(), "");
  EXPECT_EQ(story.ends(800), "ok");
  EXPECT_EQ(story.delivery("agent_thinking").foreign, 0U);
}

TEST(Expectation, KnowsWhichEventAMessageOfOursIs) {
  const EventRules rules = five();
  text::Names known;
  const Expectation expectation(rules, Instant(), known);
  Incoming incoming{.type = "error", .event_id = {}, .body = {}, .at = {}};
  ASSERT_NE(expectation.event_of(incoming), nullptr);
  EXPECT_EQ(expectation.event_of(incoming)->id, "agent_error");
  incoming.owner = Owner::foreign;
  EXPECT_EQ(expectation.event_of(incoming), nullptr);
  EXPECT_EQ(expectation.event_of({.type = "other", .event_id = {}, .body = {}, .at = {}}), nullptr);
}

}  // namespace
}  // namespace sonde::dialect::expectation_test
