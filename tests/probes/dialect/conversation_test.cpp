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
                       test::text(event("agent_thinking", ",\"thread_id\":\"the-other-tab\"")));
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

// A server that says `before` once the session is open, and `turn` to the prompt.
class GreetedConversation : public Conversation {
 protected:
  Verdict greeted(const Script& before, Script turn_script,
                  std::shared_ptr<const Dialect> dialect = usual_dialect()) {
    Script script{test::accept()};
    script.insert(script.end(), before.begin(), before.end());
    script.push_back(test::expect(test::op_text));
    script.insert(script.end(), turn_script.begin(), turn_script.end());
    script.push_back(test::hang());
    Server server(std::move(script));
    net::Websocket session = open(server);
    while (!session.has_message()) run(session.changed(Clock::now() + 1s));
    ChatExchange asked = turn();
    asked.dialect = std::move(dialect);
    return run(converse(session, asked, names, trace));
  }
  static test::Act of_thread(const std::string& thread, const std::string& type) {
    return test::text(event(type, ",\"thread_id\":\"" + thread + "\""));
  }
};

TEST_F(GreetedConversation, ThatTheServerBeganItselfIsNotForeignAndMayGoOnBesideOurs) {
  Script both = good_turn();
  both.insert(both.begin() + 2, of_thread("greeting", "agent_completed"));
  for (const Script& turn_script : {good_turn(), both}) {
    const Verdict verdict = greeted({of_thread("greeting", "agent_started")}, turn_script);
    EXPECT_EQ(verdict.outcome, Outcome::pass) << verdict.detail;
  }
}

TEST_F(GreetedConversation, FindsASecondOneThatIsOfSomebodyElse) {
  const Script two = {of_thread("greeting", "agent_started"), of_thread("else", "agent_started")};
  const Verdict before = greeted({two[0]}, good_turn());
  EXPECT_EQ(before.outcome, Outcome::pass) << before.detail;
  Script turn_script = good_turn();
  turn_script.insert(turn_script.begin() + 1, two[1]);
  EXPECT_EQ(greeted({two[0]}, turn_script).reason, Reason::foreign_event);
}

// The prompt was sent in the moment when the server began to greet.
TEST_F(GreetedConversation, MayBeginAfterThePromptIfOursIsAnsweredToo) {
  const test::Act hello = test::text(event("hello"));
  const Script greeting = {of_thread("greeting", "agent_started"),
                           of_thread("greeting", "agent_completed")};
  Script both = greeting;
  const Script ours = good_turn();
  both.insert(both.end(), ours.begin(), ours.end());
  EXPECT_EQ(greeted({hello}, both).outcome, Outcome::pass);
  both = {greeting[0], ours[0], greeting[1], ours[1], ours[2], ours[3], ours[4]};
  EXPECT_EQ(greeted({hello}, both).outcome, Outcome::pass);
  both = greeting;
  both.push_back(test::close(1000));
  EXPECT_EQ(greeted({hello}, both).reason, Reason::foreign_event) << "in place of our answer";
}

TEST_F(GreetedConversation, IsNoneThatIsJoinedInItsMidstOrBeginsBesideOurs) {
  const test::Act hello = test::text(event("hello"));
  for (const std::string type : {"agent_thinking", "tool_executing", "agent_completed"}) {
    const bool whole = type == "agent_completed";  // all of a greeting, before the prompt
    EXPECT_EQ(greeted({of_thread("else", type)}, good_turn()).reason,
              whole ? Reason::ok : Reason::foreign_event)
        << type;
    Script turn_script = good_turn();
    turn_script.insert(turn_script.begin(), of_thread("else", type));
    EXPECT_EQ(greeted({hello}, turn_script).reason, Reason::foreign_event) << type;
  }
  Script turn_script = good_turn();
  turn_script.insert(turn_script.begin() + 1, of_thread("else", "agent_started"));
  EXPECT_EQ(greeted({hello}, turn_script).reason, Reason::foreign_event);
}

TEST_F(GreetedConversation, HasOneTurn) {
  const Script before = {of_thread("greeting", "agent_started"),
                         of_thread("greeting", "agent_completed")};
  EXPECT_EQ(greeted(before, good_turn()).outcome, Outcome::pass);
  Script turn_script = good_turn();
  turn_script.insert(turn_script.begin() + 2, of_thread("greeting", "agent_started"));
  EXPECT_EQ(greeted(before, turn_script).reason, Reason::foreign_event);
}

// The ready message names our session, and so do frames that are for it.
TEST_F(GreetedConversation, IsKnownByTheSessionThatItNames) {
  const auto of_session = [](const std::string& id, const std::string& type) {
    return test::text(event(type, ",\"thread_id\":\"else\",\"sessionId\":\"" + id + "\""));
  };
  const auto told = [&](const test::Act& before, const Script& turn_script) {
    trace.frame(Direction::in, "text",
                R"({"type":"ready","session_id":"s-0815","user":{"clientId":"c-4711"}})",
                Clock::now());
    return greeted({before}, turn_script).reason;
  };
  for (const std::string type : {"agent_started", "agent_thinking"}) {
    Script turn_script = good_turn();
    turn_script.insert(turn_script.begin() + 2, of_session("s-0815", type));
    EXPECT_EQ(told(of_session("s-0815", type), turn_script), Reason::ok) << type;
    EXPECT_EQ(told(of_session("s-9999", type), good_turn()), Reason::foreign_event) << type;
  }
}

TEST_F(GreetedConversation, FindsOneThatNamesAnotherUser) {
  auto dialect = std::make_shared<Dialect>(*usual_dialect());
  dialect->correlate.emplace(*text::Pointer::parse("/user"),
                             text::Template("{{identity.username}}"));
  names.set("identity.username", "alice");
  const auto of_user = [](const std::string& user) {
    return test::text(
        event("agent_started", ",\"thread_id\":\"greeting\",\"user\":\"" + user + "\""));
  };
  EXPECT_EQ(greeted({of_user("bob")}, good_turn(), dialect).reason, Reason::foreign_event);
  EXPECT_EQ(greeted({of_user("alice")}, good_turn(), dialect).reason, Reason::ok);
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
