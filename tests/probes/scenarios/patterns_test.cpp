#include "tests/probes/scenarios/patterns.hpp"

#include <gmock/gmock.h>

#include "probes/text/template.hpp"
#include "tests/support/probe_run.hpp"
#include "tests/support/ws_server.hpp"

namespace sonde::test {

std::string outcome_of_pattern(std::string yaml, const Handler& handler,
                               const std::string& secret) {
  const Server server(handler);
  const Folder folder;
  const std::pair<std::string, std::string> places[] = {
      {"HOST", "127.0.0.1:" + std::to_string(server.port())},
      {"SECRET", "{ file: " + folder.write("secret", secret) + " }"}};
  for (const auto& [mark, text] : places)
    for (auto at = yaml.find(mark); at != yaml.npos; at = yaml.find(mark, at + text.size()))
      yaml.replace(at, mark.size(), text);
  const ProbeRun walked = walk(plan(yaml).check("p"));
  for (const auto& frame : walked.trace->frames())
    EXPECT_FALSE(frame.text.contains(pattern_token)) << "a secret is shown: " << frame.text;
  return walked.verdict.outcome == Outcome::pass ? "pass" : walked.show();
}

namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

// AWS AppSync: the authorisation is a JSON object, of which the token is a part, in base64url.
const std::string appsync = R"(
targets: { t: { auth: "http://HOST", ws: "ws://HOST", vars: { api: api.example.com } } }
identities: { alice: { username: alice, password: SECRET } }
logins:
  cognito:
    method: steps
    requests:
      - method: POST
        url: "{{target.auth}}/"
        json: { AuthFlow: USER_PASSWORD_AUTH, AuthParameters: { USERNAME: "{{identity.username}}", PASSWORD: "{{identity.password}}" } }
        capture: { jwt: { json: /AuthenticationResult/IdToken } }
    token: '{"host":"{{target.api}}","Authorization":"{{jwt}}"}'
sockets:
  offered:
    url: "{{target.ws}}/graphql"
    token_in: { subprotocol: [graphql-ws, "header-{{token | b64url}}"], expect: graphql-ws }
  asked:
    url: "{{target.ws}}/graphql"
    subprotocols: [graphql-ws]
    expect_subprotocol: graphql-ws
    token_in: { query: "header={{token | b64 | urlenc}}&payload=e30=" }
dialects:
  appsync:
    type: [/type]
    rules:
      - { when: { type: connection_error }, fail: auth_rejected_after_accept, detail: /payload/errors/0/message }
      - { when: { type: ka }, ignore: true }
    steps: { send: { type: connection_init } }
    ready: { type: connection_ack }
defaults: { login: cognito, as: alice, timeout: 2s }
probes:
  p: { kind: upgrade, target: t, dialect: appsync, refuse: [no_token, garbage_token], socket: )";

std::string authorised() {
  return R"({"host":"api.example.com","Authorization":")" + std::string(pattern_token) + R"("})";
}

bool offers(const Request& request) {
  return request.header("Sec-WebSocket-Protocol") ==
         "graphql-ws, header-" + text::base64url(authorised());
}

bool asks(const Request& request) {
  return request.header("Sec-WebSocket-Protocol") == "graphql-ws" &&
         request.target() == "/graphql?header=" + text::percent_encode(text::base64(authorised())) +
                                 "&payload=e30=";
}

Handler appsync_server(bool (*right)(const Request&), Act to_others) {
  return [=](const Request& request) -> Script {
    if (request.method() == "POST")
      return {json(
          200, R"({"AuthenticationResult":{"IdToken":")" + std::string(pattern_token) + "\"}}")};
    const Act said = right(request) ? text(R"({"type":"connection_ack","payload":{}})") : to_others;
    return {accept({{"Sec-WebSocket-Protocol", "graphql-ws"}}), text(R"({"type":"ka"})"),
            on_message([said](const std::string&) { return Script{said}; })};
  };
}

bool nobody(const Request&) { return false; }

const std::string unauthorized =
    R"({"type":"connection_error","payload":{"errors":[{"message":"UnauthorizedException"}]}})";

TEST(PatternsAppSync, AuthorisesInAnOfferedSubprotocol) {
  EXPECT_EQ(outcome_of_pattern(appsync + "offered }", appsync_server(offers, text(unauthorized))),
            "pass");
  EXPECT_EQ(outcome_of_pattern(appsync + "offered }", appsync_server(offers, close(4401, "no"))),
            "pass");
}

TEST(PatternsAppSync, AuthorisesInTheQuery) {
  EXPECT_EQ(outcome_of_pattern(appsync + "asked }", appsync_server(asks, text(unauthorized))),
            "pass");
}

TEST(PatternsAppSync, IsRejectedByConnectionErrorAndByClose) {
  EXPECT_THAT(outcome_of_pattern(appsync + "offered }", appsync_server(nobody, text(unauthorized))),
              AllOf(StartsWith("fail ready/auth_rejected_after_accept"),
                    HasSubstr("UnauthorizedException")));
  EXPECT_THAT(outcome_of_pattern(appsync + "asked }", appsync_server(nobody, close(4401, "no"))),
              StartsWith("fail ready/auth_rejected_after_accept"));
}

TEST(PatternsAppSync, FailsOpenWhereAGarbageTokenIsAcknowledged) {
  const auto anybody = [](const Request&) { return true; };
  EXPECT_THAT(outcome_of_pattern(appsync + "asked }", appsync_server(anybody, text(unauthorized))),
              StartsWith("fail refuse/auth_fail_open"));
}

}  // namespace
}  // namespace sonde::test
