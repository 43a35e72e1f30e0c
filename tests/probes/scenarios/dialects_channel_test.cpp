#include <gmock/gmock.h>

#include "tests/support/scripted_chat.hpp"

// Dialects of channels that carry an agent's events: Socket.IO, Phoenix, SignalR, Action Cable.
namespace sonde::test::dialects_channel_test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

ScriptedChat socket_io() {
  return {.dialect = "socket.io",
          .welcome = {R"(0{"sid":"e1","upgrades":[],"pingInterval":25000,"pingTimeout":20000})"},
          .exchanges = {{R"(^40\{"token":"opaque-token-4711"\})", {R"(40{"sid":"s1"})", "2"}},
                        {R"(^421\["chat",\{"id":"(.*?)["],"text":"What is \\"6 & 7\\"\?"\}\]$)",
                         {R"(42["agent_started",{"id":"$1"}])",
                          R"(42["agent_completed",{"id":"$1","final_response":"42"}])",
                          R"(431[{"ok":true}])"}}}};
}

TEST(SocketIo, ConnectsWithTheTokenAnswersPingsAndHearsTheEvents) {
  const ChatOutcome told = socket_io().told();
  EXPECT_EQ(told.outcome, "pass");
  EXPECT_THAT(told.heard, HasSubstr("\n3\n"));
  EXPECT_EQ(told.walk.trace->events().size(), 2U) << "the acknowledgement is none";
}

TEST(SocketIo, IsRejectedWhereTheConnectIsThoughTheSocketStaysOpen) {
  EXPECT_THAT(socket_io().but(0, {R"(44{"message":"unauthorized","data":{}})"}).told().outcome,
              StartsWith("fail ready/auth_rejected_after_accept: refused: unauthorized"));
}

TEST(SocketIo, IsNotReadyBeforeTheConnectIsAcknowledged) {
  ScriptedChat silent = socket_io().but(0, {});
  silent.probe["ready"] = "{ within: 100ms }";
  EXPECT_THAT(silent.told().outcome, StartsWith("fail ready/no_ready: no connected within"));
}

TEST(SocketIo, FailsWithTheEventsOfTheAgent) {
  EXPECT_THAT(socket_io()
                  .but(1, {R"(42["agent_started",{"id":"$1"}])",
                           R"(42["agent_error",{"id":"$1","message":"no tool"}])"})
                  .told()
                  .outcome,
              HasSubstr("events/agent_error: agent_error came after"));
  EXPECT_THAT(socket_io().but(1, {R"(42["agent_started",{"id":"another"}])"}).told().outcome,
              StartsWith("fail events/foreign_event"));
  EXPECT_THAT(socket_io().but(1, {"hello"}).told().outcome, StartsWith("fail events/malformed"));
  EXPECT_THAT(socket_io().but(1, {"42[\"agent_started\",{"}).told().outcome,
              StartsWith("fail events/malformed: a frame is at /data not JSON"));
  EXPECT_THAT(socket_io().but(1, {"41"}).told().outcome, StartsWith("fail events/closed_mid"));
}

ScriptedChat phoenix() {
  return {.dialect = "phoenix",
          .exchanges = {
              {R"(^\["1","1","room:lobby","phx_join",\{"token":"opaque-token-4711"\}\])",
               {R"(["1","1","room:lobby","phx_reply",{"status":"ok","response":{}}])"}},
              {R"(^\["1","2","room:lobby","new_msg",\{"id":"(.*?)["],"body":"What is)",
               {R"(["1","2","room:lobby","phx_reply",{"status":"ok","response":{}}])",
                R"([null,null,"room:lobby","presence_diff",{"joins":{},"leaves":{}}])",
                R"(["1",null,"room:lobby","agent_started",{"id":"$1"}])",
                R"(["1",null,"room:lobby","agent_completed",{"id":"$1","body":"It is 42."}])"}}}};
}

TEST(Phoenix, JoinsWithTheTokenAndHearsTheEvents) { EXPECT_EQ(phoenix().told().outcome, "pass"); }

TEST(Phoenix, IsRejectedWhereTheJoinIs) {
  EXPECT_THAT(phoenix()
                  .but(0, {R"(["1","1","room:lobby","phx_reply",)"
                           R"({"status":"error","response":{"reason":"unauthorized"}}])"})
                  .told()
                  .outcome,
              StartsWith("fail ready/auth_rejected_after_accept: phx_reply: unauthorized"));
}

TEST(Phoenix, FailsWhereThePushIsRefusedOrTheChannelCrashes) {
  EXPECT_THAT(phoenix()
                  .but(1, {R"(["1","2","room:lobby","phx_reply",)"
                           R"({"status":"error","response":{"reason":"rate limit"}}])"})
                  .told()
                  .outcome,
              HasSubstr("events/agent_error: phx_reply came after"));
  EXPECT_THAT(phoenix().but(1, {R"(["1","1","room:lobby","phx_error",{}])"}).told().outcome,
              StartsWith("fail events/closed_midstream: phx_error"));
}

TEST(Phoenix, SendsHeartbeatsWhoseRepliesAreNoEvents) {
  ScriptedChat slow = phoenix().but(1, {});
  slow.more =
      "dialects: { fast: { extends: phoenix, timed: { every: 50ms, send: [null, \"h\", "
      "phoenix, heartbeat, {}] } } }\n";
  slow.dialect = "fast";
  slow.exchanges.push_back(
      {"heartbeat", {R"([null,"h","phoenix","phx_reply",{"status":"ok","response":{}}])"}});
  const ChatOutcome told = slow.told();
  EXPECT_THAT(told.outcome, StartsWith("fail events/first_event_timeout"));
  EXPECT_THAT(told.heard, HasSubstr(R"([null,"h","phoenix","heartbeat",{}])"));
}

ScriptedChat signalr() {
  return {.dialect = "signalr",
          .exchanges = {{R"(^\{"protocol":"json","version":1\}\x1e$)", {"{}\x1e{\"type\":6}\x1e"}},
                        {R"(^\{"type":1,"invocationId":"1","target":"SendMessage".*\x1e$)",
                         {"{\"type\":1,\"target\":\"agent_started\",\"arguments\":[{}]}\x1e"
                          "{\"type\":1,\"target\":\"agent_completed\",\"arguments\":"
                          "[{\"text\":\"42\"}]}\x1e{\"type\":3,\"invocationId\":\"1\"}\x1e"}}},
          .token_in = R"({ query: "access_token={{token}}" })"};
}

TEST(SignalR, ShakesHandsAndHearsSeveralFramesInOneMessage) {
  const ChatOutcome told = signalr().told();
  EXPECT_EQ(told.outcome, "pass");
  EXPECT_EQ(told.walk.trace->events().size(), 2U) << "the completion is none";
}

TEST(SignalR, IsNotReadyWhereTheHandshakeFails) {
  EXPECT_THAT(signalr().but(0, {"{\"error\":\"no such protocol\"}\x1e"}).told().outcome,
              StartsWith("fail ready/bad_ready: : no such protocol"));
}

TEST(SignalR, FailsWhereTheInvocationDoesOrTheServerCloses) {
  EXPECT_THAT(
      signalr()
          .but(1, {"{\"type\":3,\"invocationId\":\"1\",\"error\":\"HubException: no\"}\x1e"})
          .told()
          .outcome,
      HasSubstr("events/agent_error: 3 came after"));
  EXPECT_THAT(signalr().but(1, {"{\"type\":7,\"error\":\"restart\"}\x1e"}).told().outcome,
              StartsWith("fail events/closed_midstream: 7: restart"));
  EXPECT_THAT(signalr().but(1, {std::string(3000, 'x') + "\x1e"}).told().outcome,
              StartsWith("fail events/malformed"));
}

ScriptedChat action_cable() {
  const std::string id = R"("identifier":"{\"channel\":\"ChatChannel\"}")";
  return {
      .dialect = "actioncable",
      .welcome = {R"({"type":"welcome"})"},
      .exchanges = {{R"("command":"subscribe","identifier":"\{\\"channel\\":)",
                     {R"({"type":"ping","message":1700000000})",
                      "{" + id + R"(,"type":"confirm_subscription"})"}},
                    {R"("data":"\{\\"action\\":\\"speak\\",\\"id\\":\\"(.*?)\\["])",
                     {"{" + id + R"(,"message":{"event":"agent_started","id":"$1"}})",
                      "{" + id +
                          R"(,"message":)"
                          R"("{\"event\":\"agent_completed\",\"id\":\"$1\",\"text\":\"42\"}"})"}}},
      .protocol = "actioncable-v1-json",
      .token_in = R"({ cookie: "sid={{token}}" })"};
}

TEST(ActionCable, SubscribesAndHearsEventsAlsoInJsonWithinJson) {
  EXPECT_EQ(action_cable().told().outcome, "pass");
}

TEST(ActionCable, IsRejectedWhereTheSubscriptionOrTheUserIs) {
  EXPECT_THAT(action_cable().but(0, {R"({"type":"reject_subscription"})"}).told().outcome,
              StartsWith("fail ready/auth_rejected_after_accept"));
  EXPECT_THAT(action_cable()
                  .but_welcome({R"({"type":"disconnect","reason":"unauthorized"})"})
                  .told()
                  .outcome,
              StartsWith("fail ready/auth_rejected_after_accept: disconnect: unauthorized"));
}

TEST(ActionCable, WantsItsSubprotocolSelected) {
  ScriptedChat other = action_cable();
  other.protocol = "";
  EXPECT_THAT(other.told().outcome, StartsWith("fail upgrade/subprotocol_mismatch"));
}

TEST(ActionCable, FailsWhereTheServerRestarts) {
  EXPECT_THAT(action_cable()
                  .but(1, {R"({"type":"disconnect","reason":"server_restart","reconnect":true})"})
                  .told()
                  .outcome,
              StartsWith("fail events/closed_midstream: disconnect: server_restart"));
}

}  // namespace
}  // namespace sonde::test::dialects_channel_test
