#include <gtest/gtest.h>

#include "deploy/demo/faults.hpp"
#include "deploy/demo/frames.hpp"
#include "deploy/demo/text.hpp"

namespace sonde::demo::plan_test {
namespace {

TEST(Answer, IsComputedFromThePrompt) {
  EXPECT_EQ(work_out("Use the calculator tool: what is 37 * 58? Number only.").answer, "2146");
  EXPECT_EQ(work_out("what is 20+ 22").answer, "42");
  EXPECT_EQ(work_out("Please reverse \"abc def\" for me").answer, "fed cba");
  EXPECT_EQ(work_out("What is the reverse of quux?").answer, "xuuq");
  EXPECT_NE(work_out("How are you").answer.find("3 words"), std::string::npos);
  EXPECT_NE(work_out("* + reverse ").answer.find("words"), std::string::npos);
  EXPECT_EQ(work_out("a * b, and 999999999 * 999999999").answer, "999999998000000001");
  EXPECT_EQ(work_out("reverse \"unclosed").answer, "desolcnu");
}

// The events of a run under a fault, in order, with the answer behind the last.
std::string under(std::string_view fault, std::string_view value = {}) {
  Ids ids(1);
  Faults faults;
  EXPECT_TRUE(faults.switch_on(fault, "", value));
  auto plan = make_plan("6 * 7", "t", std::chrono::milliseconds(1), ids);
  faults.meet(Place::run, plan);
  std::string story;
  for (const auto& beat : plan.beats) {
    story += std::string(name(beat.event)) + (beat.wait.count() > 1 ? "(late) " : " ");
  }
  return story + "-> " + plan.answer + (plan.ends ? " FIN" : "") +
         (plan.to_everybody ? " all" : "");
}

TEST(Plan, AFaultChangesWhatItsNameSays) {
  EXPECT_EQ(under("login_500"),
            "agent_started agent_thinking tool_executing tool_completed agent_completed -> 42");
  EXPECT_EQ(under("drop_event"),
            "agent_started agent_thinking tool_executing agent_completed -> 42");
  EXPECT_EQ(under("drop_event", "agent_started"),
            "agent_thinking tool_executing tool_completed agent_completed -> 42");
  EXPECT_EQ(under("double_event", "agent_completed"),
            "agent_started agent_thinking tool_executing tool_completed agent_completed "
            "agent_completed -> 42");
  EXPECT_EQ(under("reorder_event"),
            "agent_started agent_thinking tool_completed tool_executing agent_completed -> 42");
  EXPECT_EQ(under("reorder_event", "agent_started"),
            "agent_thinking agent_started tool_executing tool_completed agent_completed -> 42");
  EXPECT_EQ(under("late_event", "agent_thinking:300ms"),
            "agent_started agent_thinking(late) tool_executing tool_completed agent_completed "
            "-> 42");
  EXPECT_EQ(under("after_terminal"),
            "agent_started agent_thinking tool_executing agent_completed tool_completed -> 42");
}

TEST(Plan, AFaultMayEndARunOrSpoilItsAnswer) {
  EXPECT_EQ(under("stall"), "agent_started agent_thinking tool_executing -> 42");
  EXPECT_EQ(under("midstream_fin"), "agent_started agent_thinking tool_executing -> 42 FIN");
  const std::string five = "agent_started agent_thinking tool_executing tool_completed ";
  EXPECT_EQ(under("answer_empty"), five + "agent_completed -> ");
  EXPECT_EQ(under("answer_echo"), five + "agent_completed -> Agent response for: 6 * 7");
  EXPECT_EQ(under("answer_wrong"), five + "agent_completed -> 47");
  EXPECT_EQ(under("answer_error"), five + "agent_error -> 42");
  EXPECT_EQ(under("cross_user"), five + "agent_completed -> 42 all");
}

TEST(Plan, ADoubledEventKeepsItsId) {
  Ids ids(1);
  auto plan = make_plan("hello", "t", {}, ids);
  double_up(plan, Event::thinking);
  EXPECT_EQ(plan.beats[1].id, plan.beats[2].id);
  EXPECT_NE(plan.beats[0].id, plan.beats[1].id);
}

TEST(Frames, AnEventNamesItsUserThreadAndRun) {
  Ids ids(1);
  const auto plan = make_plan("6 * 7", "th\"1", {}, ids);
  const auto frame = event_frame(plan, plan.beats[3], "alice", Now(std::chrono::seconds(5)));
  EXPECT_EQ(frame, R"({"type":"tool_completed","event_id":")" + plan.beats[3].id +
                       R"(","timestamp":5.000,"user_id":"alice","thread_id":"th\"1","run_id":")" +
                       plan.run +
                       R"(","agent_name":"demo","tool_name":"calculator","execution_id":")" +
                       plan.execution + R"(","results":{"output":"42"}})");
}

TEST(Frames, MessagesOfTheClientAreUnderstoodOrNot) {
  const auto said =
      understand(R"({"type":"user_message","payload":{"content":"hi","thread_id":"t"}})");
  EXPECT_EQ(said.content, "hi");
  EXPECT_EQ(said.thread, "t");
  EXPECT_EQ(understand(R"({"type":"message","content":"ho"})").content, "ho");
  for (const auto* text : {"", "{", "[]", "{}", R"({"type":1})"}) {
    EXPECT_TRUE(understand(text).type.empty()) << text;
  }
}

}  // namespace
}  // namespace sonde::demo::plan_test
