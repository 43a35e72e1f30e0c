#include "probes/dialect/dialect.hpp"

#include <gtest/gtest.h>

#include "config/load.hpp"
#include "probes/dialect/dialect_book.hpp"
#include "probes/dialect/dialect_use.hpp"
#include "probes/dialect/frame.hpp"

namespace sonde::dialect::dialect_test {
namespace {

const Dialect& agent_events() { return *usual_dialect(); }

text::Names in_thread(const char* thread) {
  text::Names names(1);
  names.set("vars.thread_id", thread);
  names.set("prompt", "What is \"37 * 58\"?");
  return names;
}

Frame frame_of(std::string_view json) {
  auto frame = decode(agent_events(), json);
  EXPECT_TRUE(frame.has_value()) << json;
  return *std::move(frame);
}

TEST(AgentEvents, AreTheFiveInAPartialOrder) {
  EXPECT_EQ(event_names(agent_events().rules_of_events),
            (std::vector<std::string>{"agent_started", "agent_thinking", "tool_executing",
                                      "tool_completed", "agent_completed"}));
}

TEST(AgentEvents, AreFoundInEachOfTheirEnvelopes) {
  for (const char* json :
       {R"({"type":"agent_started","event_id":"e1","thread_id":"t"})",
        R"({"type":"system_message","data":{"event":"agent_started","event_id":"e1"}})",
        R"({"type":"agent_progress","data":{"event":"agent_started","payload":{"event_id":"e1"}}})",
        R"({"type":"system_message","event":"agent_started","payload":{"event_id":"e1"}})"}) {
    const Frame frame = frame_of(json);
    EXPECT_EQ(frame.type, "agent_started") << json;
    EXPECT_EQ(frame.event_id, "e1") << json;
  }
}

TEST(AgentEvents, AskInOneFrame) {
  auto names = in_thread("t1");
  EXPECT_EQ(
      agent_events().send.render_json(names),
      R"({"type":"user_message","payload":{"content":"What is \"37 * 58\"?","run_id":null,"thread_id":"t1"}})");
}

TEST(AgentEvents, BelongToWhomTheirThreadSays) {
  auto names = in_thread("t1");
  const std::pair<const char*, Owner> frames[] = {
      {R"({"thread_id":"t1"})", Owner::own},
      {R"({"thread_id":"t2"})", Owner::foreign},
      {R"({"data":{"thread_id":"t2"}})", Owner::foreign},
      {R"({"thread_id":"t1","payload":{"thread_id":"t2"}})", Owner::foreign},
      {R"({"thread_id":null,"data":{"thread_id":""}})", Owner::own},
      {"{}", Owner::own}};
  for (const auto& [json, owner] : frames)
    EXPECT_EQ(owner_of(agent_events(), frame_of(json).body(), names), owner) << json;
}

TEST(Dialect, LeavesFramesWithoutAnIdToNobodyWhereOthersRunOnTheConnection) {
  Dialect shared = agent_events();
  shared.only_run = false;
  auto names = in_thread("t1");
  EXPECT_EQ(owner_of(shared, frame_of("{}").body(), names), Owner::unattributed);
  EXPECT_EQ(owner_of(shared, frame_of(R"({"thread_id":"t1"})").body(), names), Owner::own);
}

TEST(AgentEvents, HaveTheirAnswerInOneOfSeveralPlaces) {
  const std::pair<const char*, const char*> frames[] = {
      {R"({"final_response":"5"})", "5"},
      {R"({"data":{"event":"agent_completed","content":"5"}})", "5"},
      {R"({"payload":{"content":5}})", "5"},
      {R"({"final_response":"","result":"5"})", "5"},
      {R"({"final_response":""})", ""}};
  for (const auto& [json, answer] : frames)
    EXPECT_EQ(answer_in(agent_events(), frame_of(json).body()), answer) << json;
  EXPECT_FALSE(answer_in(agent_events(), frame_of("{}").body()));
}

TEST(AgentEvents, AnswerHeartbeatsAndIgnoreAcknowledgements) {
  auto names = in_thread("t1");
  const auto rule = [&names](const Frame& frame) {
    return rule_for(agent_events(), frame.type, frame.body(), names);
  };
  const Frame ping = frame_of(R"({"type":"ping"})");
  EXPECT_EQ(reply_to(agent_events(), *rule(ping), ping.body(), names)->payload,
            R"({"type":"pong"})");
  EXPECT_TRUE(rule(frame_of(R"({"type":"ack","received_type":"x"})"))->ignore);
  EXPECT_FALSE(rule(frame_of(R"({"type":"agent_started"})")));
}

TEST(AgentEvents, TakeTheThreadOfTheHandshake) {
  text::Names names;
  const Frame frame = frame_of(R"({"type":"handshake_response","thread_id":"srv-7"})");
  const auto* rule = rule_for(agent_events(), frame.type, frame.body(), names);
  const auto reply = reply_to(agent_events(), *rule, frame.body(), names);
  EXPECT_TRUE(reply->payload.starts_with(
      R"({"type":"handshake_acknowledged","thread_id":"srv-7","timestamp":"20)"));
  capture(rule->capture, frame.body(), names);
  EXPECT_TRUE(set_vars(agent_events(), names));
  EXPECT_EQ(*names.find("vars.thread_id"), "srv-7");
}

TEST(AgentEvents, RejectAUserOnlyBeforeTheyAreReady) {
  text::Names names;
  const Frame frame = frame_of(R"({"type":"authentication_error","error":"expired"})");
  const auto* rule = rule_for(agent_events(), frame.type, frame.body(), names);
  const auto before = rule_failure(*rule, frame, Step::ready);
  EXPECT_EQ(before.reason, Reason::auth_rejected_after_accept);
  EXPECT_EQ(before.detail, "authentication_error: expired");
  EXPECT_EQ(rule_failure(*rule, frame, Step::events).reason, Reason::agent_error);
}

TEST(Decode, SaysHowAFrameBeginsThatIsNoJson) {
  const auto frame = decode(agent_events(), "<html>oops");
  EXPECT_EQ(frame.error().reason, Reason::malformed);
  EXPECT_NE(frame.error().detail.find("\"<html>oops\""), std::string::npos);
}

std::string mistakes_of(std::string_view yaml) {
  config::Mistakes mistakes;
  Dialect dialect;
  const auto value = config::parse(yaml, "d.yaml", mistakes);
  if (value) config::Codec<Dialect>::read(*value, config::Reader(mistakes), {}, dialect);
  std::string all;
  for (const auto& mistake : mistakes.sorted()) all += show(mistake) + "\n";
  return all;
}

TEST(Dialect, TellsItsMistakes) {
  EXPECT_EQ(mistakes_of("events: { started: {}, done: { after: [startd] } }"),
            "d.yaml:1:1: events.done.after: there is no event 'startd'; did you mean 'started'?\n");
  EXPECT_NE(mistakes_of("rules: [{ when: { type: x }, fail: agent_eror }]").find("agent_error"),
            std::string::npos);
  EXPECT_NE(mistakes_of("evnts: {}").find("did you mean 'events'?"), std::string::npos);
  EXPECT_EQ(mistakes_of("events: { agent_completed: [turn.end, fin], a: b }"), "");
}

TEST(Dialect, ReadOverAnotherOneChangesWhatItNamesAndKeepsTheRest) {
  Dialect dialect = agent_events();
  config::Mistakes mistakes;
  const auto value =
      config::parse("{ events: { agent_started: turn.begin }, gap_max: 15s }", "", mistakes);
  config::Codec<Dialect>::read(*value, config::Reader(mistakes), {}, dialect);
  EXPECT_FALSE(mistakes.any());
  EXPECT_EQ(dialect.rules_of_events.events[0].types, std::vector<std::string>{"turn.begin"});
  EXPECT_EQ(dialect.rules_of_events.events[0].max, 1);
  EXPECT_EQ(dialect.rules_of_events.events.size(), 6U);
  EXPECT_EQ(dialect.rules_of_events.gap_max, std::chrono::seconds(15));
}

}  // namespace
}  // namespace sonde::dialect::dialect_test
