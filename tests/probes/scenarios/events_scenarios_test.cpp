#include "tests/probes/scenarios/scenario.hpp"

namespace sonde::test::events_scenarios_test {
namespace {

using enum Reason;
using namespace std::chrono_literals;

ProbeRun converse(const Chat& chat) { return chat.walk(); }

Scenario events(std::string name, Reason reason, std::string detail, Script turn,
                DefaultConfig::Keys probe = {}, DefaultConfig::Keys socket = {}) {
  return {std::move(name), Step::events, reason, std::move(detail),
          std::bind_front(converse, Chat{std::move(turn), std::move(probe), std::move(socket)})};
}

// The good turn without its events from..to, and with others in their place.
Script turn_but(std::ptrdiff_t from, std::ptrdiff_t to, const Script& instead = {}) {
  Script turn = good_turn("42 it is");
  const auto at = turn.erase(turn.begin() + from, turn.begin() + to);
  turn.insert(at, instead.begin(), instead.end());
  return turn;
}

// The good turn, with others before its event at `at`.
Script turn_with(std::ptrdiff_t at, const Script& more) { return turn_but(at, at, more); }

Scenarios losses() {
  return {
      events("NotOneEvent", first_event_timeout, "none of 5 events", {}, {{"timeout", "250ms"}}),
      events("AnEndThatNeverComes", timeout, "agent_completed did not come", turn_but(4, 5),
             {{"timeout", "250ms"}}),
      events("ALongSilence", stalled, "after agent_thinking", turn_but(2, 5),
             {{"gap_max", "100ms"}}),
      events("AThoughtThatIsLost", missing_event, "agent_thinking never came", turn_but(1, 2)),
      events("AToolThatIsNotUsed", tool_not_used, "used no tool", turn_but(2, 4)),
      events("AToolWithoutItsResult", missing_event, "tool_completed never came", turn_but(3, 4)),
      events("AToolOfAnotherResult", unpaired_event, "tool_executing",
             turn_but(3, 4, {tell("tool_completed", R"(,"execution_id":"x2")")})),
  };
}

Scenarios disorders() {
  return {
      events("AnEventTwice", duplicate_event, "agent_started came again",
             turn_with(1, {tell("agent_started")})),
      events("AnEventIdTwice", duplicate_event, "same event id",
             turn_with(1, {tell("agent_thinking", R"(,"event_id":"e1")"),
                           tell("agent_thinking", R"(,"event_id":"e1")")})),
      events("AnEventIdThatIsANumberTwice", duplicate_event, "same event id",
             turn_with(1, {tell("agent_thinking", R"(,"event_id":5)"),
                           tell("agent_thinking", R"(,"event_id":5)")})),
      events("AThoughtBeforeTheStart", out_of_order, "out of its order",
             turn_but(0, 2, {tell("agent_thinking"), tell("agent_started")})),
      events("AThoughtAfterTheEnd", after_terminal, "agent_thinking",
             turn_with(5, {tell("agent_thinking")})),
      events("AnEventOfAnotherThread", foreign_event, "agent_thinking of another run",
             turn_with(2, {tell("agent_thinking", R"(,"thread_id":"somebody-elses")")})),
  };
}

Scenarios endings() {
  return {
      events("AnErrorOfTheAgent", agent_error, "quota exceeded",
             {tell("agent_started"), tell("agent_error", R"(,"message":"quota exceeded")")}),
      events("AFinInMidstream", closed_midstream, "fin", {tell("agent_started"), fin()}),
      events("ACloseInMidstream", closed_midstream, "1011 oh no",
             {tell("agent_started"), close(1011, "oh no"), hang()}),
      events("AMessageThatIsNoJson", malformed, "", turn_with(2, {text("{oh")})),
      events("AMessageBeyondTheLimit", message_too_big, "limits.frame",
             turn_with(2, {text(std::string(5000, 'x'))}), {}, {{"limits", "{ frame: 4KB }"}}),
      events("AFloodOfFrames", too_many_frames, "limits.frames",
             turn_with(2, {endless(frame(op_ping, "still there?"))}), {},
             {{"limits", "{ frames: 50 }"}}),
      events("AReservedOpcode", protocol_error, "", turn_with(2, {send(frame(3, "x")), hang()})),
  };
}

Scenarios rules() {
  return {
      events("AnEventAfterItsOwnLimit", event_late, "its limit is 0.050 s",
             turn_but(1, 2, {pause(120ms), tell("agent_thinking")}),
             {{"events", "{ agent_thinking: { within: 50ms } }"}}),
      events("AToolThatMustNotBeUsed", forbidden_event, "tool_executing", good_turn("42 it is"),
             {{"events", "{ tool_executing: { forbid: true }, tool_completed: { min: 0 } }"}}),
      events("AnEventThatTheDialectDoesNotKnow", unknown_event, "agent_dreaming",
             turn_with(2, {tell("agent_dreaming")}), {{"unknown_events", "fail"}}),
  };
}

// The server is gone before the prompt, and what it had sent still waits to be read.
ProbeRun send_to_nobody() {
  std::string sent = frame(op_text, R"({"type":"connection_established"})");
  for (int i = 0; i < 3; ++i) sent += frame(op_text, R"({"type":"heartbeat_ack"})");
  const Server server(after_login({accept(), send(sent), rst()}));
  DefaultConfig usual(server.url(""));
  usual.kind("chat");
  // The reset races with our message; when it loses, the session ends in midstream instead.
  ProbeRun walked = walk(usual);
  for (int i = 0; i < 30 && walked.verdict.reason == closed_midstream; ++i) walked = walk(usual);
  return walked;
}

}  // namespace

Scenarios events_scenarios() {
  return join(
      {losses(),
       disorders(),
       endings(),
       rules(),
       {{"AServerThatIsGoneBeforeTheMessage", Step::events, send_failed, "", send_to_nobody}}});
}

}  // namespace sonde::test::events_scenarios_test
