#include <gmock/gmock.h>

#include "probes/text/template.hpp"
#include "tests/support/scripted_chat.hpp"

// Dialects that are no JSON: STOMP, XMPP, MQTT.
namespace sonde::test::dialects_wire_test {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string message(const std::string& body) {
  return "MESSAGE\nsubscription:0\nmessage-id:7\ndestination:/user/queue/replies\n\n" + body +
         "\0\n"s;
}

ScriptedChat stomp() {
  return {.dialect = "stomp",
          .exchanges = {{R"(^CONNECT\naccept-version:1.2\nhost:/\nAuthorization:Bearer opaque-)",
                         {"CONNECTED\nversion:1.2\nheart-beat:10000,10000\n\n\0"s, "\n"}},
                        {R"(^SUBSCRIBE\nid:0\n(?:.*\n)*receipt:subscribed)",
                         {"RECEIPT\nreceipt-id:subscribed\n\n\0"s}},
                        {R"(^SEND\n(?:.*\n)*\n\{"id":"(.*?)["],"text":"What is \\"6)",
                         {message(R"({"id":"$1","text":"42"})")}}},
          .protocol = "v12.stomp"};
}

TEST(Stomp, ConnectsSubscribesAndHearsTheReply) {
  const ChatOutcome told = stomp().told();
  EXPECT_EQ(told.outcome, "pass");
  EXPECT_THAT(told.heard, HasSubstr("\n\n\0"s));
}

TEST(Stomp, TakesABodyThatIsNoJsonForTheAnswer) {
  EXPECT_EQ(stomp().but(2, {message("It is 42.")}).told().outcome, "pass");
  EXPECT_THAT(stomp().but(2, {message("message:It is 41.")}).told().outcome,
              StartsWith("fail answer/answer_wrong"));
}

TEST(Stomp, IsRejectedByAnErrorBeforeItIsReady) {
  EXPECT_THAT(
      stomp().but(0, {"ERROR\r\nmessage:Bad CONNECT\r\n\r\nno such user\0"s, "fin"}).told().outcome,
      StartsWith("fail ready/auth_rejected_after_accept: ERROR: no such user"));
  EXPECT_THAT(stomp().but(2, {"ERROR\nmessage:no route\n\n\0"s}).told().outcome,
              StartsWith("fail events/agent_error: ERROR: no route"));
}

TEST(Stomp, IsNotReadyWithoutTheReceipt) {
  ScriptedChat silent = stomp().but(1, {});
  silent.probe["ready"] = "{ within: 100ms }";
  EXPECT_THAT(silent.told().outcome, StartsWith("fail ready/no_ready: no RECEIPT"));
}

ScriptedChat xmpp() {
  const std::string open = "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='localhost'/>";
  const std::string features =
      "<stream:features xmlns:stream='http://etherx.jabber.org/streams'>"
      "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/></stream:features>";
  const std::string plain = text::base64("\0alice\0"s + std::string(DefaultConfig::password));
  std::string escaped;
  for (const char c : plain) escaped += c == '+' ? "\\+" : std::string(1, c);
  return {.dialect = "xmpp",
          .exchanges = {{"^<open ", {open, features}},
                        {"mechanism='PLAIN'>" + escaped + "</auth>",
                         {"<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"}},
                        {"<bind ",
                         {"<iq id='bind' type='result' xmlns='jabber:client'><bind>"
                          "<jid>alice@localhost/x</jid></bind></iq>"}},
                        {"^<message .*id='(.*?)'><body>What is &quot;6 &amp; 7&quot;\\?</body>",
                         {"<iq type='get' id='p&amp;1' from='localhost'><ping/></iq>",
                          "<message from='agent@localhost'><composing/></message>",
                          "<message from='agent@localhost' type='chat'><body>42 &lt; 43</body>"
                          "</message>"}}},
          .protocol = "xmpp"};
}

TEST(Xmpp, AuthenticatesBindsAndHearsTheReply) {
  ScriptedChat story = xmpp();
  story.probe["answer"] = R"({ matches: "^42 < 43$" })";
  const ChatOutcome told = story.told();
  EXPECT_EQ(told.outcome, "pass");
  EXPECT_THAT(told.heard, HasSubstr("type='result' id='p&amp;amp;1'/>"));
}

TEST(Xmpp, NeverShowsThePasswordThatSaslEncodes) {
  const ChatOutcome told = xmpp().told();
  const std::string plain = text::base64("\0alice\0"s + std::string(DefaultConfig::password));
  for (const auto& frame : told.walk.trace->frames())
    EXPECT_THAT(frame.text, Not(HasSubstr(plain.substr(0, 12))));
}

TEST(Xmpp, IsRejectedByAFailureThatLeavesTheSocketOpen) {
  EXPECT_THAT(xmpp()
                  .but(1, {"<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/>"
                           "<text>Unable to authorize you</text></failure>"})
                  .told()
                  .outcome,
              StartsWith("fail ready/auth_rejected_after_accept: failure: not-authorized"));
}

TEST(Xmpp, FailsWhereTheMessageBouncesOrTheStreamEnds) {
  EXPECT_THAT(xmpp()
                  .but(3, {"<message type='error' id='$1'><error type='cancel'>"
                           "<service-unavailable/></error></message>"})
                  .told()
                  .outcome,
              HasSubstr("service-unavailable"));
  EXPECT_THAT(
      xmpp().but(3, {"<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>"}).told().outcome,
      StartsWith("fail events/closed_midstream: close"));
}

// A PUBLISH to `chat/ID/replies`, of less than 128 bytes; ID and what stands in for it are hex.
std::string published(const std::string& json) {
  const auto topic = text::hex("chat/x/replies");
  const auto body = text::hex(json);
  const auto length = 2 + (topic.size() + body.size()) / 2;
  return "hex:30" + text::hex(std::string(1, static_cast<char>(length))) + "000e" + topic + body;
}

ScriptedChat mqtt() {
  return {.dialect = "mqtt",
          .exchanges = {{"^10[0-9a-f]+00044d51545404c2003c", {"hex:20020000"}},
                        {"^82[0-9a-f]{2}0001", {"hex:9003000100", "hex:d000"}},
                        {"^30", {published(R"({"text":"42"})")}}},
          .protocol = "mqtt"};
}

TEST(Mqtt, ConnectsSubscribesPublishesAndHearsTheReply) {
  const ChatOutcome told = mqtt().told();
  EXPECT_EQ(told.outcome, "pass");
  const auto user = text::hex("\0\5alice"s) + "00" +
                    text::hex(std::string(1, static_cast<char>(DefaultConfig::password.size())) +
                              std::string(DefaultConfig::password));
  EXPECT_THAT(told.heard, HasSubstr(user));
  EXPECT_THAT(told.heard, HasSubstr(text::hex(R"("text":"What is \"6 & 7\"?"})")));
}

TEST(Mqtt, NeverShowsThePasswordInItsPackets) {
  for (const auto& frame : mqtt().told().walk.trace->frames())
    EXPECT_THAT(frame.text, Not(HasSubstr(text::hex(DefaultConfig::password.substr(0, 8)))));
}

TEST(Mqtt, NeverShowsASecretThatIsSentWithThePrompt) {
  ScriptedChat story = mqtt();
  story.dialect = "d";
  story.more =
      "dialects: { d: { extends: mqtt, vars: { body: \"{{identity.password}}: {{prompt}}\" } } }\n";
  const ChatOutcome told = story.told();
  EXPECT_THAT(told.heard, HasSubstr(text::hex(DefaultConfig::password)));
  for (const auto& frame : told.walk.trace->frames())
    EXPECT_THAT(frame.text, Not(HasSubstr(text::hex(DefaultConfig::password.substr(0, 8)))));
}

TEST(Mqtt, IsRejectedByTheCodeOfTheConnackAlthoughAFinFollows) {
  EXPECT_THAT(mqtt().but(0, {"hex:20020005", "fin"}).told().outcome,
              StartsWith("fail ready/auth_rejected_after_accept: refused: 05"));
  EXPECT_THAT(mqtt().but(0, {"hex:20020003"}).told().outcome,
              StartsWith("fail ready/server_error_after_accept: unavailable: 03"));
  EXPECT_THAT(mqtt().but(1, {"hex:9003000180"}).told().outcome,
              StartsWith("fail ready/auth_rejected_after_accept: not_subscribed"));
}

TEST(Mqtt, TellsTheRepliesOfOthersAndWhatIsNoPacket) {
  EXPECT_THAT(mqtt().but(2, {published(R"({"id":"sonde-other","text":"42"})")}).told().outcome,
              StartsWith("fail events/foreign_event"));
  EXPECT_THAT(mqtt().but(2, {"hex:0000"}).told().outcome, StartsWith("fail events/malformed"));
  EXPECT_THAT(mqtt().but(2, {"fin"}).told().outcome, StartsWith("fail events/closed_midstream"));
}

}  // namespace
}  // namespace sonde::test::dialects_wire_test
