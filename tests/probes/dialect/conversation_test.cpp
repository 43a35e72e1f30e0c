#include "probes/dialect/conversation.hpp"

#include <functional>
#include <memory>

#include "probes/core/deadline.hpp"
#include "probes/dialect/dialect_book.hpp"
#include "probes/dialect/ready.hpp"
#include "tests/probes/net/http/http_fixture.hpp"
#include "tests/support/ws_server.hpp"

namespace sonde::dialect::conversation_test {
namespace {

using namespace std::chrono_literals;
using test::Script;
using test::Server;

std::string event(const std::string& type, const std::string& more = "") {
  return "{\"type\":\"" + type + "\"" + more + "}";
}

// What a healthy agent says to any message; its answer is right for "What is 6 * 7?".
Script good_turn() {
  return {test::text(event("agent_started")), test::text(event("agent_thinking")),
          test::text(event("tool_executing")), test::text(event("tool_completed")),
          test::text(event("agent_completed", ",\"final_response\":\"42\""))};
}

Script chat(Script turn) {
  Script script{test::accept(), test::expect(test::op_text)};
  script.insert(script.end(), turn.begin(), turn.end());
  script.push_back(test::hang());
  return script;
}

class Conversation : public net::OnLoop {
 protected:
  net::Websocket open(const Server& server) {
    const net::UpgradeRequest asked{
        .url = url_of(server.url("/ws", "ws")), .headers = {}, .subprotocols = {}};
    net::Upgraded upgraded = run(net::upgrade(network, asked, line, trace));
    EXPECT_TRUE(upgraded.session) << upgraded.answer.failure.detail;
    return std::move(*upgraded.session);
  }
  // The dialect's, but for a change.
  static std::shared_ptr<const EventRules> rules(const std::function<void(EventRules&)>& change) {
    auto made = std::make_shared<EventRules>(usual_dialect()->rules_of_events);
    made->settle = 20ms;
    change(*made);
    return made;
  }
  ChatExchange turn() const {
    ChatExchange made;
    made.dialect = usual_dialect();
    made.rules = rules([](EventRules&) {});
    made.prompt = text::Template("What is 6 * 7?");
    made.answer.equals = text::Template("42");
    return made;
  }
  Verdict converse_with(Script script, ChatExchange asked, Span limit = 10s) {
    Server server(chat(std::move(script)));
    net::Websocket session = open(server);
    return run(within(Clock::now() + limit, converse(session, asked, names, trace), trace));
  }
  Verdict converse_with(Script script) { return converse_with(std::move(script), turn()); }
  Reason ready_after(Script script, const Ready& ready) {
    Server server(std::move(script));
    net::Websocket session = open(server);
    const auto failed = run(await_ready(session, ready, *turn().dialect, names, trace));
    return failed ? failed->reason : Reason::ok;
  }
  text::Names names;
};

TEST_F(Conversation, ThatGoesWellIsReachableDeliveredAndSubstantive) {
  const Verdict verdict = converse_with(good_turn());
  EXPECT_EQ(verdict.outcome, Outcome::pass) << verdict.detail;
  EXPECT_EQ(trace.reachable, true);
  EXPECT_EQ(trace.delivered, true);
  EXPECT_EQ(trace.substantive, true);
  EXPECT_EQ(trace.events().size(), 5U);
  EXPECT_EQ(trace.deliveries.size(), 5U);
  EXPECT_TRUE(trace.sent && trace.first_event && trace.terminal_event && trace.longest_silence);
  EXPECT_EQ(trace.frames().size(), 6U);
}

TEST_F(Conversation, IsDeliveredButNotSubstantiveWhenTheAnswerIsWrong) {
  Script script = good_turn();
  script.back() = test::text(event("agent_completed", ",\"final_response\":\"41\""));
  const Verdict verdict = converse_with(std::move(script));
  EXPECT_EQ(verdict.step, Step::answer);
  EXPECT_EQ(verdict.reason, Reason::answer_wrong);
  EXPECT_EQ(trace.delivered, true);
  EXPECT_EQ(trace.substantive, false);
}

TEST_F(Conversation, SaysNothingOfTheAnswerWhenEventsWereMissing) {
  Script script = good_turn();
  script.erase(script.begin() + 1);
  EXPECT_EQ(converse_with(std::move(script)).reason, Reason::missing_event);
  EXPECT_EQ(trace.delivered, false);
  EXPECT_FALSE(trace.substantive);
}

TEST_F(Conversation, AnswersHeartbeatsWhichAreNoEvents) {
  Script script = good_turn();
  script.insert(script.begin() + 2, {test::text(event("ping")), test::expect(test::op_text)});
  ChatExchange strict = turn();
  strict.rules = rules([](EventRules& of) { of.unknown = Unknown::fail; });
  const Verdict verdict = converse_with(std::move(script), strict);
  EXPECT_EQ(verdict.outcome, Outcome::pass) << verdict.detail;
}

TEST_F(Conversation, HearsNoEventOfItsTurnInAGreetingBeforeThePrompt) {
  std::string greeting;
  for (const char* type : {"agent_started", "agent_thinking", "agent_completed"})
    greeting += test::frame(test::op_text, event(type, ",\"final_response\":\"Hello!\""));
  Script script = chat(good_turn());
  script.insert(script.begin() + 1, test::send(greeting));
  Server server(std::move(script));
  net::Websocket session = open(server);
  while (!session.has_message()) run(session.changed(Clock::now() + 1s));
  const ChatExchange asked = turn();
  const Verdict verdict = run(converse(session, asked, names, trace));
  EXPECT_EQ(verdict.outcome, Outcome::pass) << verdict.detail;
}

TEST_F(Conversation, FindsTheAnswerInWhicheverOfTheLastEventsHoldsIt) {
  ChatExchange both = turn();
  both.rules = rules([](EventRules& of) {
    of.terminal_all_of = {"agent_completed", "tool_completed"};
    for (EventSpec& spec : of.events) spec.after = spec.before = {};
  });
  Script script = good_turn();
  std::swap(script[3], script[4]);
  const Verdict verdict = converse_with(std::move(script), both);
  EXPECT_EQ(verdict.outcome, Outcome::pass) << verdict.detail;
}

TEST_F(Conversation, TakesWhatIsOfAnotherRunOfItsUserForNoStrangers) {
  const auto told = [&](OwnRuns* own_runs) {
    Script turn_script = good_turn();
    turn_script.insert(turn_script.begin(),
                       test::text(event("agent_started", ",\"thread_id\":\"the-other-tab\"")));
    Server server(chat(std::move(turn_script)));
    net::Websocket session = open(server);
    const ChatExchange asked = turn();
    return run(converse(session, asked, names, trace, own_runs)).reason;
  };
  OwnRuns own_runs;
  EXPECT_EQ(told(nullptr), Reason::foreign_event);
  EXPECT_EQ(told(&own_runs), Reason::foreign_event) << "nobody of ours is in that thread";
  own_runs.note("the-other-tab");
  EXPECT_EQ(told(&own_runs), Reason::ok);
  EXPECT_TRUE(own_runs.knows(*names.find("vars.thread_id"))) << "it is told its own";
}

TEST_F(Conversation, EndsAtTheFirstFrameThatIsNoJson) {
  const Verdict verdict = converse_with({test::text(event("agent_started")), test::text("oops")});
  EXPECT_EQ(verdict.step, Step::events);
  EXPECT_EQ(verdict.reason, Reason::malformed);
  EXPECT_NE(trace.frames().back().remark, "");
}

TEST_F(Conversation, KnowsWhoEndedItInItsMidst) {
  const Verdict verdict =
      converse_with({test::text(event("agent_started")), test::close(1011, "boom")});
  EXPECT_EQ(verdict.reason, Reason::closed_midstream);
  EXPECT_NE(verdict.detail.find("1011 boom"), std::string::npos);
  EXPECT_EQ(trace.ending().code, 1011);
}

TEST_F(Conversation, IsJudgedAlthoughTheDeadlineCutsTheSettleTime) {
  ChatExchange patient = turn();
  patient.rules = rules([](EventRules& of) { of.settle = 60s; });
  EXPECT_EQ(converse_with(good_turn(), patient, 500ms).outcome, Outcome::pass);
}

TEST_F(Conversation, ThatTheDeadlineCutsSaysWhatWasMissing) {
  EXPECT_EQ(converse_with({}, turn(), 100ms).reason, Reason::first_event_timeout);
}

TEST_F(Conversation, ThatTheDeadlineCutsInItsMidstIsATimeout) {
  const Verdict verdict = converse_with({test::text(event("agent_started"))}, turn(), 300ms);
  EXPECT_EQ(verdict.reason, Reason::timeout) << verdict.detail;
}

TEST_F(Conversation, StallsWithoutWaitingForTheDeadline) {
  ChatExchange impatient = turn();
  impatient.rules = rules([](EventRules& of) { of.gap_max = 50ms; });
  EXPECT_EQ(converse_with({test::text(event("agent_started"))}, impatient).reason, Reason::stalled);
}

TEST_F(Conversation, NeverShowsASecretThatTheAgentRepeats) {
  trace.hide("s3cret-token");
  const Verdict verdict =
      converse_with({test::text(event("agent_error", ",\"message\":\"bad s3cret-token\""))});
  EXPECT_EQ(verdict.reason, Reason::agent_error);
  EXPECT_EQ(verdict.detail.find("s3cret"), std::string::npos) << verdict.detail;
}

Ready established(Span span) {
  Ready ready;
  ready.type = {"connection_established"};
  ready.within = span;
  return ready;
}

TEST_F(Conversation, IsReadyAfterTheMessageThatSaysSoWhateverHeartbeatsComeBefore) {
  const Script script{test::accept(), test::text(event("heartbeat")), test::expect(test::op_text),
                      test::text(event("connection_established")), test::hang()};
  EXPECT_EQ(ready_after(script, established(5s)), Reason::ok);
}

TEST_F(Conversation, IsReadyAtOnceWhereNothingSaysSo) {
  EXPECT_EQ(ready_after({test::accept(), test::hang()}, Ready{}), Reason::ok);
}

TEST_F(Conversation, IsNotReadyForEachReasonOfItsOwn) {
  const std::pair<test::Act, Reason> ends[] = {
      {test::hang(), Reason::no_ready},
      {test::text(event("connect")), Reason::bad_ready},
      {test::text(event("auth_failed")), Reason::auth_rejected_after_accept},
      {test::close(1008), Reason::auth_rejected_after_accept},
      {test::close(1011), Reason::server_error_after_accept},
      {test::fin(), Reason::abrupt_close_after_accept},
      {test::text("<html>"), Reason::malformed}};
  for (const auto& [end, reason] : ends)
    EXPECT_EQ(ready_after({test::accept(), end, test::hang()}, established(200ms)), reason)
        << name(reason);
}

}  // namespace
}  // namespace sonde::dialect::conversation_test
