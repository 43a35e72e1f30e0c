// Turns without ids that a server begins by itself, around the answer to our prompt.
#include <gmock/gmock.h>

#include <memory>

#include "probes/core/deadline.hpp"
#include "probes/dialect/conversation.hpp"
#include "probes/dialect/dialect_book.hpp"
#include "tests/probes/net/http/http_fixture.hpp"
#include "tests/support/ws_server.hpp"

namespace sonde::dialect::untied_turn_test {
namespace {

using namespace std::chrono_literals;
using test::Script;
using test::Server;
using testing::HasSubstr;

// An event without an id, and one with that of our thread.
test::Act untied(const std::string& type, const std::string& answer = "") {
  const std::string more = answer.empty() ? "" : ",\"final_response\":\"" + answer + "\"";
  return test::text("{\"type\":\"" + type + "\"" + more + "}");
}
test::Act tied(const std::string& type, const std::string& answer = "") {
  const std::string more = answer.empty() ? "" : ",\"final_response\":\"" + answer + "\"";
  return test::text("{\"type\":\"" + type + "\",\"thread_id\":\"ours\"" + more + "}");
}
using Make = test::Act (*)(const std::string&, const std::string&);
Script turn_of(Make make, const std::string& answer) {
  return {make("agent_started", ""), make("agent_thinking", ""), make("tool_executing", ""),
          make("tool_completed", ""), make("agent_completed", answer)};
}
Script operator+(Script a, const Script& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

class UntiedTurns : public net::OnLoop {
 protected:
  Verdict answered(const Script& turn, Span gap_max = {}, Span limit = 20s) {
    Script script{test::accept(), test::expect(test::op_text)};
    script = script + turn;
    script.push_back(test::hang());
    const Server server(std::move(script));
    const net::UpgradeRequest asked{
        .url = url_of(server.url("/ws", "ws")), .headers = {}, .subprotocols = {}};
    net::Upgraded upgraded = run(net::upgrade(network, asked, line, trace));
    auto rules = std::make_shared<EventRules>(usual_dialect()->rules_of_events);
    rules->settle = 20ms;
    rules->gap_max = gap_max;
    ChatExchange exchange;
    exchange.dialect = usual_dialect();
    exchange.rules = std::move(rules);
    exchange.prompt = text::Template("What is 6 * 7?");
    exchange.answer.equals = text::Template("42");
    names.set("vars.thread_id", "ours");
    began = Clock::now();
    return run(within(Clock::now() + limit,
                      converse(*upgraded.session, exchange, names, trace, &own_runs), trace));
  }
  text::Names names;
  OwnRuns own_runs;
  Instant began;
};

const Script greeting = {untied("agent_started"), untied("agent_completed", "Hello!")};
const Script ours = turn_of(tied, "42");

TEST_F(UntiedTurns, BeforeTheAnswerIsNoAnswer) {
  for (const Script& before : {greeting, Script{untied("agent_completed", "Hello!")},
                               turn_of(untied, "Hello!"), turn_of(untied, "42")}) {
    const Verdict verdict = answered(before + ours);
    EXPECT_EQ(verdict.outcome, Outcome::pass) << verdict.detail;
    EXPECT_EQ(trace.events().size(), 5U);
    trace = Trace();
  }
}

TEST_F(UntiedTurns, LongBeforeTheAnswerDoesNotEndTheConversation) {
  const Verdict verdict = answered(greeting + Script{test::pause(300ms)} + ours);
  EXPECT_EQ(verdict.outcome, Outcome::pass) << verdict.detail;
}

TEST_F(UntiedTurns, MayGoOnBesideTheAnswer) {
  const Script around = {untied("agent_started"),
                         ours[0],
                         ours[1],
                         untied("agent_completed", "Hello!"),
                         ours[2],
                         ours[3],
                         ours[4]};
  const Script within = {ours[0], untied("agent_completed", "Hello!"), ours[1], ours[2], ours[3],
                         ours[4]};
  const Script late = {
      ours[0], ours[1], ours[2], untied("agent_started"), untied("agent_completed", "Hello!"),
      ours[3], ours[4]};
  for (const Script& turn : {around, within, late}) {
    const Verdict verdict = answered(turn);
    EXPECT_EQ(verdict.outcome, Outcome::pass) << verdict.detail;
  }
}

TEST_F(UntiedTurns, OfAProductWithoutIdsAreItsAnswer) {
  EXPECT_EQ(answered(turn_of(untied, "42")).outcome, Outcome::pass);
  EXPECT_EQ(answered(turn_of(untied, "41")).reason, Reason::answer_wrong);
  EXPECT_LT(Clock::now() - began, 4s) << "a whole turn is not waited behind";
  EXPECT_EQ(answered(turn_of(untied, "42") + Script{untied("agent_completed", "42")}).reason,
            Reason::after_terminal);
}

TEST_F(UntiedTurns, OfAProductThatHasIdsInSomeEventsAreItsAnswer) {
  const Script rest = turn_of(untied, "42");
  for (const std::size_t with_id : {0U, 1U, 2U, 3U}) {
    Script mixed = rest;
    mixed[with_id] = ours[with_id];
    const Verdict verdict = answered(mixed);
    EXPECT_EQ(verdict.outcome, Outcome::pass) << with_id << verdict.detail;
  }
}

TEST_F(UntiedTurns, AnEventWithAnIdBehindTheEndOfThemIsStillBehindTheEnd) {
  const Verdict verdict = answered(turn_of(untied, "42") + Script{tied("agent_thinking")}, 100ms);
  EXPECT_EQ(verdict.reason, Reason::after_terminal) << verdict.detail;
}

TEST_F(UntiedTurns, BehindWhichOursDoesNotEndIsNotTheAnswer) {
  const Verdict cut = answered(greeting + Script{ours[0], ours[1], test::close(1000)});
  EXPECT_EQ(cut.reason, Reason::closed_midstream) << cut.detail;
  const Verdict stalled = answered(greeting + Script{ours[0], ours[1]}, 100ms);
  EXPECT_EQ(stalled.reason, Reason::stalled) << stalled.detail;
  const Verdict failed = answered(
      greeting +
      Script{ours[0], test::text(R"({"type":"agent_error","thread_id":"ours","message":"busy"})")});
  EXPECT_EQ(failed.reason, Reason::agent_error) << failed.detail;
}

TEST_F(UntiedTurns, BehindWhichNothingComesAreJudgedAsTheyAre) {
  const Verdict verdict = answered(greeting, 100ms);
  EXPECT_EQ(verdict.reason, Reason::missing_event) << verdict.detail;
  const Verdict closed = answered(greeting + Script{test::close(1000)});
  EXPECT_EQ(closed.reason, Reason::missing_event) << closed.detail;
}

TEST_F(UntiedTurns, WhereAnswersHaveIdsAGoodAnswerWithoutThemIsDoubted) {
  const Script late = turn_of(untied, "42") + Script{test::pause(300ms)} + ours;
  own_runs.answered_with_ids();
  const Verdict verdict = answered(late);
  EXPECT_EQ(verdict.outcome, Outcome::pass) << verdict.detail;
  EXPECT_GE(Clock::now() - began, 300ms) << "it heard the answer with ids";
  EXPECT_EQ(answered(turn_of(untied, "42"), 100ms).outcome, Outcome::pass);
}

TEST_F(UntiedTurns, ThatTheAnswersHaveIdsIsLearnt) {
  EXPECT_EQ(answered(turn_of(untied, "42")).outcome, Outcome::pass);
  EXPECT_FALSE(own_runs.answers_have_ids());
  EXPECT_EQ(answered(ours).outcome, Outcome::pass);
  EXPECT_TRUE(own_runs.answers_have_ids());
}

}  // namespace
}  // namespace sonde::dialect::untied_turn_test
