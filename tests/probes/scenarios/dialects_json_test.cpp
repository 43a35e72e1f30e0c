#include <gmock/gmock.h>

#include "tests/support/scripted_chat.hpp"

// Dialects of JSON messages: graphql-transport-ws, Jupyter, Home Assistant, OpenAI Realtime, AG-UI.
namespace sonde::test::dialects_json_test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

ScriptedChat graphql() {
  return {
      .dialect = "graphql-transport-ws",
      .exchanges = {{R"("connection_init".*"token":"opaque-token-4711")",
                     {R"({"type":"connection_ack"})", R"({"type":"ping"})"}},
                    {R"(^\{"id":"(.*?)["],"type":"subscribe".*"prompt":"What is)",
                     {R"({"id":"$1","type":"next","payload":{"data":{"chat":{"text":"It is 4"}}}})",
                      R"({"id":"$1","type":"next","payload":{"data":{"chat":{"text":"2."}}}})",
                      R"({"id":"$1","type":"complete"})"}}},
      .protocol = "graphql-transport-ws"};
}

TEST(Graphql, InitialisesWithTheTokenAndCollectsTheAnswer) {
  const ChatOutcome told = graphql().told();
  EXPECT_EQ(told.outcome, "pass");
  EXPECT_THAT(told.heard, HasSubstr(R"({"type":"pong"})"));
}

TEST(Graphql, IsRejectedByItsCloseCodes) {
  EXPECT_THAT(graphql().but(0, {"close:4403 Forbidden"}).told().outcome,
              StartsWith("fail ready/auth_rejected_after_accept: the server closed with 4403"));
  EXPECT_THAT(graphql().but(0, {"close:4400 Invalid message"}).told().outcome,
              StartsWith("fail ready/closed_after_accept"));
}

TEST(Graphql, FailsWithTheErrorsOfTheOperationAndOfAField) {
  EXPECT_THAT(graphql()
                  .but(1, {R"({"id":"$1","type":"error","payload":[{"message":"no such field"}]})"})
                  .told()
                  .outcome,
              HasSubstr("events/agent_error: error came after"));
  EXPECT_THAT(
      graphql()
          .but(
              1,
              {R"({"id":"$1","type":"next","payload":{"data":null,"errors":[{"message":"boom"}]}})"})
          .told()
          .outcome,
      HasSubstr("boom"));
  EXPECT_THAT(graphql().but(1, {R"({"id":"$1","type":"complete"})"}).told().outcome,
              StartsWith("fail events/missing_event: next never came"));
}

std::string of_kernel(const std::string& type, const std::string& content,
                      const std::string& parent = "$1") {
  static int count = 0;
  return R"({"msg_type":")" + type + R"(","header":{"msg_id":"k)" + std::to_string(++count) +
         R"("},"parent_header":{"msg_id":")" + parent + R"("},"content":)" + content + "}";
}

Says run(const std::string& output) {
  return {of_kernel("status", R"({"execution_state":"busy"})"),
          of_kernel("status", R"({"execution_state":"busy"})", "another"),
          of_kernel("execute_input", R"({"code":"x"})"),
          output,
          of_kernel("status", R"({"execution_state":"idle"})"),
          of_kernel("execute_reply", R"({"status":"ok"})")};
}

ScriptedChat jupyter(const Says& says) {
  return {.dialect = "jupyter",
          .exchanges = {{R"("msg_id":"(.*?)["].*"msg_type":"execute_request".*"channel":"shell")",
                         says}},
          .token_in = R"({ header: "Authorization: token {{token}}" })"};
}

TEST(Jupyter, EndsWithIdleAndTheReplyInAnyOrder) {
  Says says = run(of_kernel("execute_result", R"({"data":{"text/plain":"42"}})"));
  EXPECT_EQ(jupyter(says).told().outcome, "pass");
  std::swap(says[4], says[5]);
  EXPECT_EQ(jupyter(says).told().outcome, "pass");
}

TEST(Jupyter, HasItsAnswerInWhatIsPrintedToo) {
  EXPECT_EQ(jupyter(run(of_kernel("stream", R"({"name":"stdout","text":"42\n"})"))).told().outcome,
            "pass");
  EXPECT_THAT(
      jupyter(run(of_kernel("stream", R"({"name":"stdout","text":"41\n"})"))).told().outcome,
      StartsWith("fail answer/answer_wrong"));
}

TEST(Jupyter, DoesNotTakeTheFramesOfAnotherRunForItsOwn) {
  Says says = run(of_kernel("execute_result", R"({"data":{"text/plain":"42"}})", "another"));
  EXPECT_THAT(jupyter(says).told().outcome,
              StartsWith("fail events/missing_event: output never came"));
}

TEST(Jupyter, FailsWithTheErrorOfTheCodeAndTheDeathOfTheKernel) {
  EXPECT_THAT(
      jupyter({of_kernel("error", R"({"ename":"NameError","evalue":"no x"})")}).told().outcome,
      HasSubstr("events/agent_error: error came after"));
  EXPECT_THAT(jupyter({of_kernel("status", R"({"execution_state":"dead"})", "")}).told().outcome,
              StartsWith("fail events/agent_error: status: dead"));
  EXPECT_THAT(jupyter({of_kernel("status", R"({"execution_state":"busy"})"), "fin"}).told().outcome,
              HasSubstr("before reply and idle came"));
}

ScriptedChat home_assistant() {
  return {.dialect = "home-assistant",
          .welcome = {R"({"type":"auth_required","ha_version":"2025.9.0"})"},
          .exchanges = {{R"(^\{"type":"auth","access_token":"opaque-token-4711"\}$)",
                         {R"({"type":"auth_ok","ha_version":"2025.9.0"})"}},
                        {R"(^\{"id":(\d+),"type":"conversation/process")",
                         {R"({"id":$1,"type":"result","success":true,"result":{"response":)"
                          R"({"speech":{"plain":{"speech":"It is 42."}}}}})"}}}};
}

TEST(HomeAssistant, AuthenticatesWithTheFirstMessage) {
  const ChatOutcome told = home_assistant().told();
  EXPECT_EQ(told.outcome, "pass");
  ASSERT_EQ(told.walk.trace->auth().size(), 2U) << "a login, and a token that the session took";
  EXPECT_TRUE(told.walk.trace->auth().at(1).succeeded);
}

TEST(HomeAssistant, NeverShowsTheTokenThatItSends) {
  for (const auto& frame : home_assistant().told().walk.trace->frames())
    EXPECT_EQ(frame.text.find("opaque-token"), std::string::npos) << frame.text;
}

TEST(HomeAssistant, IsRejectedByAuthInvalid) {
  const ChatOutcome told =
      home_assistant()
          .but(0, {R"({"type":"auth_invalid","message":"Invalid password"})", "close:1000 "})
          .told();
  EXPECT_THAT(told.outcome,
              StartsWith("fail ready/auth_rejected_after_accept: auth_invalid: Invalid password"));
  EXPECT_FALSE(told.walk.trace->auth().at(1).succeeded);
}

TEST(HomeAssistant, SaysWhichStepWasNotAnswered) {
  ScriptedChat silent = home_assistant().but_welcome({});
  EXPECT_THAT(silent.told().outcome, HasSubstr("ready/no_ready"));
}

TEST(HomeAssistant, FailsWithTheResult) {
  EXPECT_THAT(
      home_assistant()
          .but(1, {R"({"id":$1,"type":"result","success":false,"error":{"message":"no agent"}})"})
          .told()
          .outcome,
      HasSubstr("no agent"));
}

std::string response(const std::string& status, const std::string& more = "") {
  return R"({"type":"response.done","event_id":"e9","response":{"status":")" + status + "\"" +
         more + "}}";
}

ScriptedChat realtime(const std::string& delta = "response.output_text.delta",
                      const std::string& done = "response.output_text.done") {
  return {
      .dialect = "openai-realtime",
      .welcome = {R"({"type":"session.created","event_id":"e1","session":{}})"},
      .exchanges = {{R"("conversation.item.create","item":\{"id":"(.*?)["])",
                     {R"({"type":"rate_limits.updated","event_id":"e2"})",
                      R"({"type":"conversation.item.added","event_id":"e3","item":{"id":"$1"}})"}},
                    {R"("type":"response.create")",
                     {R"({"type":"response.created","event_id":"e4"})",
                      R"({"type":"response.output_item.added","event_id":"e5"})",
                      R"({"type":")" + delta + R"(","event_id":"e6","delta":"4"})",
                      R"({"type":")" + delta + R"(","event_id":"e7","delta":"2"})",
                      R"({"type":")" + done + R"(","event_id":"e8","text":"42"})",
                      response("completed")}}},
      .token_in = "header"};
}

TEST(OpenAiRealtime, AddsAnItemAndJoinsTheDeltasOfTheResponse) {
  EXPECT_EQ(realtime().told().outcome, "pass");
  EXPECT_EQ(realtime("response.text.delta", "response.text.done").told().outcome, "pass");
}

TEST(OpenAiRealtime, TakesOnlyACompletedResponseForAnEnd) {
  const std::string why = R"(,"status_details":{"error":{"message":"quota"}})";
  EXPECT_THAT(realtime().but(1, {response("failed", why)}).told().outcome, HasSubstr("quota"));
  EXPECT_THAT(realtime().but(1, {response("incomplete")}).told().outcome,
              StartsWith("fail events/agent_error"));
}

TEST(OpenAiRealtime, IsRejectedByAnErrorInPlaceOfTheSession) {
  EXPECT_THAT(realtime()
                  .but_welcome({R"({"type":"error","error":{"code":"invalid_api_key"}})"})
                  .told()
                  .outcome,
              StartsWith("fail ready/auth_rejected_after_accept"));
}

TEST(OpenAiRealtime, SaysThatTheItemWasNotTaken) {
  ScriptedChat silent = realtime().but(0, {});
  silent.probe["timeout"] = "6s";
  silent.more =
      "dialects: { d: { extends: openai-realtime, before_send: { send: { type: x, text: "
      "\"{{prompt}}\" }, "
      "expect: { type: conversation.item.added, within: 100ms } } } }\n";
  silent.dialect = "d";
  EXPECT_THAT(silent.told().outcome,
              StartsWith("fail events/timeout: no conversation.item.added within 0.100 s"));
}

ScriptedChat ag_ui(const Says& middle) {
  Says says = {R"({"type":"RUN_STARTED","threadId":"$1","runId":"$2"})"};
  says.insert(says.end(), middle.begin(), middle.end());
  says.emplace_back(R"({"type":"RUN_FINISHED","threadId":"$1","runId":"$2"})");
  return {.dialect = "ag-ui",
          .exchanges = {{R"(^\{"threadId":"(.*?)["],"runId":"(.*?)["])", says}},
          .token_in = "header"};
}

Says said(const std::string& text) {
  return {R"({"type":"TEXT_MESSAGE_START","messageId":"m1","role":"assistant"})",
          R"({"type":"STATE_DELTA","delta":[]})",
          R"({"type":"TEXT_MESSAGE_CONTENT","messageId":"m1","delta":")" + text + R"("})",
          R"({"type":"TEXT_MESSAGE_END","messageId":"m1"})"};
}

TEST(AgUi, HearsARunFromItsStartToItsFinish) {
  EXPECT_EQ(ag_ui(said("It is 42.")).told().outcome, "pass");
}

TEST(AgUi, FailsWithWhatTheProtocolForbids) {
  EXPECT_THAT(ag_ui(said("")).told().outcome, StartsWith("fail events/malformed"));
  Says unended = said("42");
  unended.back() = R"({"type":"TEXT_MESSAGE_END","messageId":"m2"})";
  EXPECT_THAT(ag_ui(unended).told().outcome, StartsWith("fail events/unpaired_event"));
  ScriptedChat twice = ag_ui(said("42"));
  twice.exchanges[0].says.emplace_back(R"({"type":"TOOL_CALL_START","toolCallId":"t1"})");
  EXPECT_THAT(twice.told().outcome, StartsWith("fail events/after_terminal"));
}

TEST(AgUi, FailsWithTheErrorOfTheRun) {
  EXPECT_THAT(ag_ui({R"({"type":"RUN_ERROR","message":"the model is gone"})"}).told().outcome,
              HasSubstr("the model is gone"));
}

}  // namespace
}  // namespace sonde::test::dialects_json_test
