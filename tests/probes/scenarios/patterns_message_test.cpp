#include <gmock/gmock.h>

#include <functional>
#include <utility>

#include "probes/text/pattern.hpp"
#include "tests/probes/scenarios/patterns.hpp"
#include "tests/support/ws_server.hpp"

// Patterns whose first message says the token.
namespace sonde::test::patterns_message_test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

// What a server says to a message.
using Talk = std::function<Script(const std::string& message)>;

bool says(const std::string& message, const std::string& pattern) {
  return text::Pattern::parse(pattern).value().found_in(message);
}

bool says_token(const std::string& message) { return message.contains(pattern_token); }

// Each connection has a talk of its own.
Handler talking(Talk talk, Script welcome = {}) {
  return [talk = std::move(talk), welcome = std::move(welcome)](const Request&) {
    Script script{accept()};
    script.insert(script.end(), welcome.begin(), welcome.end());
    script.push_back(on_message(talk));
    return script;
  };
}

// Mattermost: the session's token stands in a header of the login's answer, and is the challenge.
const std::string mattermost = R"(
targets: { t: { http: "http://HOST", ws: "ws://HOST" } }
identities: { alice: { username: alice, password: SECRET } }
logins:
  session:
    method: steps
    requests:
      - method: POST
        url: "{{target.http}}/api/v4/users/login"
        json: { login_id: "{{identity.username}}", password: "{{identity.password}}" }
        capture: { session: { header: Token } }
    token: "{{session}}"
sockets: { main: { url: "{{target.ws}}/api/v4/websocket", token_in: none } }
dialects:
  mattermost:
    type: [/event, /status]
    rules:
      - { when: { type: hello }, ignore: true }
      - { when: { type: FAIL, json: { /seq_reply: 1 } }, fail: auth_rejected_after_accept, detail: /error/message }
    steps: { send: { seq: 1, action: authentication_challenge, data: { token: "{{token}}" } } }
    ready: { type: OK, json: { /seq_reply: 1 } }
    send: { seq: 2, action: get_statuses_by_ids, data: { user_ids: ["{{prompt}}"] } }
    correlate: { /seq_reply: "2" }
    events:
      statuses: { type: OK, min: 1, max: 1, terminal: ok }
      failed: { type: FAIL, min: 0, terminal: bad, detail: /error/message }
    answer: [/data/u42]
defaults: { login: session, as: alice, timeout: 2s }
probes:
  p: { kind: chat, target: t, socket: main, dialect: mattermost, prompt: u42, settle: 50ms, answer: { equals: online } }
)";

Handler mattermost_server(std::string_view granted, Act to_others) {
  const Talk talk = [to_others](const std::string& message) -> Script {
    if (says(message, R"("action":"get_statuses_by_ids","data":\{"user_ids":\["u42"\]\})"))
      return {text(R"({"status":"OK","data":{"u42":"online"},"seq_reply":2})")};
    if (message != R"({"seq":1,"action":"authentication_challenge","data":{"token":")" +
                       std::string(pattern_token) + "\"}}")
      return {to_others};
    return {text(R"({"event":"hello","data":{"server_version":"10"},"seq":0})"),
            text(R"({"status":"OK","seq_reply":1})")};
  };
  const Handler chat = talking(talk);
  return [=](const Request& request) -> Script {
    if (request.method() != "POST") return chat(request);
    return {answer(200, "{}", {{"Token", std::string(granted)}})};
  };
}

TEST(PatternsMattermost, AnswersTheAuthenticationChallenge) {
  EXPECT_EQ(outcome_of_pattern(mattermost, mattermost_server(pattern_token, fin())), "pass");
}

TEST(PatternsMattermost, IsRejectedByAFailedChallenge) {
  const std::string failed = R"({"status":"FAIL","error":{"message":"bad token"},"seq_reply":1})";
  EXPECT_THAT(outcome_of_pattern(mattermost, mattermost_server("stale", text(failed))),
              AllOf(StartsWith("fail ready/auth_rejected_after_accept"), HasSubstr("bad token")));
  EXPECT_THAT(outcome_of_pattern(mattermost, mattermost_server("stale", fin())),
              StartsWith("fail ready/abrupt_close_after_accept"));
}

std::string with(std::string yaml, std::string_view of_these, std::string_view words) {
  return yaml.replace(yaml.find(of_these), of_these.size(), words);
}

// Discord: hello, identify, READY; then the members of a guild are asked for. The heartbeat says
// the sequence number of READY.
const std::string discord = R"(
targets: { t: { ws: "ws://HOST" } }
identities: { bot: { username: bot } }
logins: { bot: { method: token, token: SECRET } }
sockets: { main: { url: "{{target.ws}}/?v=10&encoding=json", token_in: none } }
dialects:
  discord:
    type: [/t, /op]
    refusal_codes: [4004]
    vars: { seq: "null", nonce: "{{nonce(16)}}" }
    rules:
      - { when: { type: "1" }, reply: '{"op":1,"d":{{vars.seq}}}' }
      - { when: { type: "9" }, fail: auth_rejected_after_accept }
      - { when: { type: "11" }, ignore: true }
    timed: { every: 20ms, send: '{"op":1,"d":{{vars.seq}}}' }
    steps:
      - expect: { type: "10" }
      - send: { op: 2, d: { token: "{{token}}", intents: 2, properties: { os: linux, browser: sonde, device: sonde } } }
        expect: { type: READY, capture: { seq: /s } }
    send: { op: 8, d: { guild_id: "7", query: "{{prompt}}", limit: 1, nonce: "{{vars.nonce}}" } }
    correlate: { /d/nonce: "{{vars.nonce}}" }
    events:
      members: { type: GUILD_MEMBERS_CHUNK, min: 1, max: 1, terminal: ok }
    answer: [/d/members/0/user/id]
defaults: { login: bot, as: bot, timeout: 2s }
probes:
  p: { kind: chat, target: t, socket: main, dialect: discord, prompt: ali, settle: 50ms, answer: { equals: 4711 } }
)";

// Sends the members that were asked for only after a heartbeat with the number of READY.
Talk discord_talk() {
  return [nonce = std::string()](const std::string& message) mutable -> Script {
    const auto asked = text::Pattern::parse(R"("op":8,.*"query":"ali".*"nonce":"(.*?)["])").value();
    if (const auto groups = asked.groups(message); !groups.empty()) {
      nonce = groups[1];
      return {};
    }
    if (says(message, R"(^\{"op":2,)")) {
      if (!says_token(message)) return {close(4004, "Authentication failed.")};
      return {text(R"({"op":0,"t":"READY","s":17,"d":{"session_id":"x"}})")};
    }
    Script script{text(R"({"op":11})")};
    if (nonce.empty() || message != R"({"op":1,"d":17})") return script;
    script.push_back(text(R"({"op":0,"t":"GUILD_MEMBERS_CHUNK","s":18,"d":{"nonce":")" +
                          std::exchange(nonce, "") + R"(","members":[{"user":{"id":"4711"}}]}})"));
    return script;
  };
}

Handler discord_server() {
  return talking(discord_talk(), {text(R"({"op":10,"d":{"heartbeat_interval":41250}})")});
}

TEST(PatternsDiscord, IdentifiesAfterHelloAndBeatsOnItsOwn) {
  EXPECT_EQ(outcome_of_pattern(discord, discord_server()), "pass");
}

TEST(PatternsDiscord, IsClosedWith4004ForAWrongToken) {
  EXPECT_THAT(outcome_of_pattern(discord, discord_server(), "wrong"),
              AllOf(StartsWith("fail ready/auth_rejected_after_accept"),
                    HasSubstr("closed with 4004 Authentication failed.")));
}

TEST(PatternsDiscord, RefusesAGarbageTokenByThatClose) {
  const std::string probe =
      "kind: chat, target: t, socket: main, dialect: discord, prompt: ali, "
      "settle: 50ms, answer: { equals: 4711 }";
  const std::string refusing = with(discord, probe,
                                    "kind: upgrade, target: t, socket: main, dialect: discord, "
                                    "refuse: [garbage_token]");
  EXPECT_EQ(outcome_of_pattern(refusing, discord_server()), "pass");
}

// Centrifugo: frames one a line, a JWT in the first command, an RPC; `{}` is a ping and its answer.
const std::string centrifugo = R"(
targets: { t: { ws: "ws://HOST" } }
identities: { alice: { username: alice } }
logins: { jwt: { method: token, token: SECRET } }
sockets: { main: { url: "{{target.ws}}/connection/websocket", token_in: none } }
dialects:
  centrifugo:
    frame: { split: "\n" }
    refusal_codes: [3500]
    type: [/id]
    rules:
      - when: { json: { /id: { absent: true }, /push: { absent: true } } }
        reply: "{}"
      - { when: { json: { /push: { present: true } } }, ignore: true }
      - { when: { type: "1", json: { /error: { present: true } } }, fail: auth_rejected_after_accept, detail: /error/message }
    steps: { send: { id: 1, connect: { token: "{{token}}" } } }
    ready: { type: "1", json: { /connect/client: { present: true } } }
    send: { id: 2, rpc: { method: ask, data: { prompt: "{{prompt}}" } } }
    events:
      reply: { type: "2", json: { /error: { absent: true } }, min: 1, max: 1, terminal: ok }
      failed: { type: "2", json: { /error: { present: true } }, min: 0, terminal: bad, detail: /error/message }
    answer: [/rpc/data/answer]
defaults: { login: jwt, as: alice, timeout: 1s }
probes:
  p: { kind: chat, target: t, socket: main, dialect: centrifugo, prompt: "6 * 7", settle: 50ms, answer: { equals: 42 } }
)";

// Pings before it answers, and answers only who answers the ping.
Handler centrifugo_server(const Act& to_others) {
  const Talk talk = [to_others](const std::string& message) -> Script {
    if (message == "{}") return {text(R"({"id":2,"rpc":{"data":{"answer":"42"}}})")};
    if (says(message, R"(^\{"id":2,"rpc":)")) return {text("{}")};
    if (message != R"({"id":1,"connect":{"token":")" + std::string(pattern_token) + "\"}}")
      return {to_others};
    return {
        text("{\"id\":1,\"connect\":{\"client\":\"c1\",\"ping\":25,\"pong\":true}}\n"
             "{\"push\":{\"channel\":\"news\",\"pub\":{\"data\":{}}}}")};
  };
  return talking(talk);
}

TEST(PatternsCentrifugo, ConnectsWithTheTokenAndAnswersPings) {
  EXPECT_EQ(outcome_of_pattern(centrifugo, centrifugo_server(fin())), "pass");
}

TEST(PatternsCentrifugo, HearsNothingMoreWherePingsAreNotAnswered) {
  std::string mute = with(centrifugo, R"(reply: "{}")", "ignore: true");
  mute = with(std::move(mute), "timeout: 1s", "timeout: 300ms");
  EXPECT_THAT(outcome_of_pattern(mute, centrifugo_server(fin())),
              StartsWith("fail events/first_event_timeout"));
}

TEST(PatternsCentrifugo, IsRejectedByAnErrorOfTheConnect) {
  const std::string error = R"({"id":1,"error":{"code":109,"message":"token expired"}})";
  EXPECT_THAT(
      outcome_of_pattern(centrifugo, centrifugo_server(text(error)), "wrong"),
      AllOf(StartsWith("fail ready/auth_rejected_after_accept"), HasSubstr("token expired")));
}

TEST(PatternsCentrifugo, IsClosedWith3500ForAnInvalidToken) {
  EXPECT_THAT(
      outcome_of_pattern(centrifugo, centrifugo_server(close(3500, "invalid token")), "wrong"),
      AllOf(StartsWith("fail ready/auth_rejected_after_accept"), HasSubstr("3500 invalid token")));
}

}  // namespace
}  // namespace sonde::test::patterns_message_test
