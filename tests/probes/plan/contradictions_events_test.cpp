#include <gmock/gmock.h>

#include "tests/probes/plan/contradiction_rows.hpp"

namespace sonde::test::contradictions_events_test {
namespace {

using testing::HasSubstr;

using Row = Contradicting;

TEST(EventContradictions, EventsThatCannotComeAreAMistake) {
  const auto events = [](const std::string& text, const std::string& told,
                         const DefaultConfig::Keys& keys = {}) {
    Row row{"chat", {{"events", text}}, told};
    merge(row.probe, keys);
    return row;
  };
  expect_mistakes({
      events("{ agent_thinking: { min: 3, max: 1 } }",
             "probes.p.events.agent_thinking: min is greater than max"),
      events("{ agent_completed: { forbid: true } }", "it is the end of the chat"),
      events("{ agent_completed: { terminal: no } }", "no event ends the chat"),
      events("{ x: { forbid: true } }", "probes.p.terminal_all_of: 'x' must not come",
             {{"terminal_all_of", "[agent_completed, x]"}}),
      events("{ agent_started: { after: [agent_thinking] } }",
             "'after' and 'before' of agent_started, agent_thinking make a circle"),
      events("{ agent_started: { after: [agent_started] } }",
             "'after' and 'before' of agent_started make a circle"),
      events("{ other: { type: agent_started } }",
             "probes.p.events.other: every frame of its type is the event 'agent_started' first"),
  });
  expect_right({
      events("{ agent_thinking: { min: 1, max: 1 }, extra: { min: 0, after: [agent_started] } }",
             ""),
      events("{ other: { type: agent_started, min: 0 } }", ""),
  });
  EXPECT_THAT(plan_of(events("{ agent_started: { within: 6s } }", "",
                             {{"gap_max", "5s"}, {"settle", "5s"}}))
                  .warned(),
              testing::AllOf(HasSubstr("probes.p.events.agent_started.within: it (6s)"),
                             HasSubstr("probes.p.gap_max and probes.p.settle: it (5s)")));
}

TEST(EventContradictions, EventsThatWaitForWhatNeverComesAreAMistake) {
  const auto events = [](const std::string& text, const std::string& told) {
    return Row{"chat", {{"events", text}}, told};
  };
  expect_mistakes({
      events("{ tool_executing: { forbid: true } }",
             "it closes 'tool_executing', which never opens"),
      events("{ agent_thinking: { pairs_with: agent_thinking } }", "it closes 'agent_thinking'"),
      events("{ agent_thinking: { after: [agent_completed], before: [] } }",
             "it has to come after 'agent_completed', which ends the chat"),
  });
  EXPECT_THAT(
      plan_of(events("{ x: { forbid: true }, agent_thinking: { required_if: x } }", "")).warned(),
      HasSubstr("so it is never required"));
  expect_right({events("{ extra: { min: 0, after: [agent_completed] } }", "")});
}

TEST(EventContradictions, FramesThatNobodyRecognisesAreAMistake) {
  const auto chat = [](const std::string& dialect, const std::string& told) {
    return Row{"chat", {{"dialect", "d"}}, told, "dialects: { d: { " + dialect + " } }"};
  };
  const std::string rest =
      R"(send: "{{prompt}}", events: { done: { terminal: ok } }, answer: [/t])";
  expect_mistakes({
      chat(rest, "does not say where the type of a frame stands"),
      chat("type: [/type], only_run: false, " + rest, "so no event is ours"),
      chat("extends: agent-events, rules: [{ when: {}, ignore: true }]",
           "takes 'agent_started' first"),
      chat("extends: agent-events, events: { agent_thinking: { forbid: true } }, "
           "answer: { of: [agent_thinking], at: [/t] }",
           "the answer stands in 'agent_thinking', which must not come"),
  });
}

TEST(EventContradictions, FewerMessagesThanEventsThatHaveToComeAreAMistake) {
  const DefaultConfig::Keys events = {{"events", "{ agent_started: { min: 9, max: 20 } }"}};
  const auto with_limit = [&](const std::string& limit) {
    Row row{"chat", events, ""};
    row.probe["limits"] = limit;
    return plan_of(row).wrong();
  };
  EXPECT_THAT(with_limit("{ frames: 8 }"), HasSubstr("limits.frames: it is less than the "));
  EXPECT_EQ(with_limit("{ frames: 90 }"), "");
}

}  // namespace
}  // namespace sonde::test::contradictions_events_test
