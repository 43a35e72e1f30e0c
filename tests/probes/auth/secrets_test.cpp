#include <gmock/gmock.h>

#include "probes/text/digest.hpp"
#include "probes/text/json.hpp"
#include "probes/text/template.hpp"
#include "probes/text/wire.hpp"
#include "tests/support/http_server.hpp"
#include "tests/support/planted.hpp"
#include "tests/support/probe_run.hpp"
#include "tests/support/ws_server.hpp"

// No secret is ever in a trace, whatever form it takes on its way and whoever sends it back.
namespace sonde::test::secrets_test {
namespace {

constexpr std::string_view token = "t0ken-that.nobody_may~see";

void expect_hidden(const ProbeRun& walked, std::string_view secret) {
  expect_hidden(walked, std::vector<std::string>{std::string(secret)});
}

// A server that says back all that it is told: in headers, bodies, close reasons and frames.
Script tell_all(const Request& request) {
  const std::string said = text::json_quote(request.head + request.body);
  if (request.target().starts_with("/auth/login"))
    return {answer(200,
                   R"({"access_token":")" + std::string(token) + R"(","you_said":)" + said + "}",
                   {{"Content-Type", "application/json"},
                    {"X-Your-Query", request.target()},
                    {"Set-Cookie", "session=" + std::string(token)}})};
  return {accept(), text(R"({"type":"connection_established","you_said":)" + said + "}"),
          on_message([said](const std::string& message) -> Script {
            return {text(R"({"type":"error","message":)" + said + "}"),
                    close(1011, message.substr(0, 100))};
          })};
}

ProbeRun gossip(const DefaultConfig::Keys& socket, std::string_view prompt) {
  const Server server(tell_all);
  DefaultConfig usual(server.url(""));
  usual.kind("chat");
  usual.probe["prompt"] = prompt;
  for (const auto& [name, value] : socket) usual.socket[name] = value;
  return walk(usual);
}

TEST(Secrets, AreNeverInTheTraceWhicheverWayTheTokenTravels) {
  for (const std::string placement :
       {"header", "query", "subprotocol",
        R"({ subprotocol: [chat.v1, "bearer.{{token | b64url}}"] })",
        R"({ header: "X-Token: {{token | hex}}" })", R"({ query: "t={{token | b64 | urlenc}}" })",
        R"({ cookie: "sid={{token | urlenc}}" })"}) {
    SCOPED_TRACE(placement);
    const ProbeRun walked =
        gossip({{"token_in", placement}, {"any_subprotocol", "true"}}, "\"hello\"");
    EXPECT_EQ(walked.verdict.reason, Reason::agent_error) << walked.show();
    expect_hidden(walked, token);
    expect_hidden(walked, DefaultConfig::password);
  }
}

TEST(Secrets, AreNeverInTheTraceOfAPromptThatNamesThem) {
  for (const std::string prompt :
       {R"("{{token}}")", R"("{{token | b64}}")", R"("{{identity.password}}")",
        R"("{{identity.password | b64url}}")", R"("{{identity.password | json}}")"}) {
    SCOPED_TRACE(prompt);
    const ProbeRun walked = gossip({}, prompt);
    expect_hidden(walked, token);
    expect_hidden(walked, DefaultConfig::password);
  }
}

TEST(Secrets, AreNeverInTheDetailOfARefusal) {
  const Server server(Handler([](const Request& request) -> Script {
    return {json(401, R"({"error":)" + text::json_quote(request.body) + "}")};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  for (const std::string method : {"json", "oauth2_password"}) {
    usual.login["method"] = method;
    if (method != "json") usual.login["body"] = "";
    const ProbeRun walked = walk(usual);
    EXPECT_EQ(walked.verdict.reason, Reason::credentials);
    expect_hidden(walked, DefaultConfig::password);
  }
}

TEST(Secrets, AreNeverInTheTraceOfATokenThatIsRefused) {
  const Server server(Script{json(200, R"({"access_token":"eyJub3QiOiJhIn0.broken s3cret"})")});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.reason, Reason::token_malformed);
  EXPECT_EQ(dump(walked).find("s3cret"), std::string::npos) << dump(walked);
}

// What filters make of a secret is hidden wherever it comes back, in either case.
TEST(Secrets, AreNeverInTheTraceAsFiltersMakeThem) {
  const Server server(Handler([](const Request& request) -> Script {
    return {json(401, R"({"error":)" + text::json_quote(request.head + request.body) + "}")};
  }));
  const std::string digest = text::sha256(DefaultConfig::password);
  const std::string bytes = text::base64url(*text::from_hex(digest));
  for (const auto& [filters, made] : {std::pair<std::string, std::string>{"sha256", digest},
                                      {"sha256 | unhex | b64url", bytes},
                                      {"sha256 | sha256", text::sha256(digest)},
                                      {"sha256 | len16", digest}}) {
    SCOPED_TRACE(filters);
    DefaultConfig usual(server.url(""));
    usual.kind("login");
    usual.login["body"] = R"({ p: "{{identity.password | )" + filters + R"(}}" })";
    const ProbeRun walked = walk(usual);
    EXPECT_EQ(walked.verdict.reason, Reason::credentials) << walked.show();
    expect_hidden(walked, made);
  }
}

TEST(Secrets, MadeOfATokenForASocketAreNeverInTheTrace) {
  for (const std::string placement :
       {R"({ query: "sig={{token | sha256}}" })", R"({ header: "X-Sig: {{token | sha256}}" })",
        R"({ subprotocol: [chat.v1, "sig.{{token | sha256}}"] })"}) {
    SCOPED_TRACE(placement);
    const ProbeRun walked =
        gossip({{"token_in", placement}, {"any_subprotocol", "true"}}, "\"hello\"");
    expect_hidden(walked, text::sha256(token));
  }
}

TEST(Secrets, WhatIsMadeOfANameIsShown) {
  const Server server(Handler([](const Request& request) -> Script {
    return {json(401, R"({"error":)" + text::json_quote(request.body) + "}")};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login["body"] = R"({ u: "{{identity.username | sha256}}" })";
  const ProbeRun walked = walk(usual);
  EXPECT_NE(dump(walked).find(text::sha256("alice@example.com")), std::string::npos)
      << dump(walked);
}

TEST(Secrets, OfAClientAreNeverInTheTrace) {
  const std::string secret = "client s3cret/+:\"";
  for (const std::string how : {"basic", "body"}) {
    SCOPED_TRACE(how);
    const Server server(tell_all);
    DefaultConfig usual(server.url(""));
    usual.kind("login");
    usual.identity["client_id"] = "web";
    usual.identity["client_secret"] = "{ file: " + usual.folder.write("client", secret) + " }";
    usual.login = {{"method", "client_credentials"},
                   {"client_auth", how},
                   {"url", R"("{{target.auth}}/auth/login")"}};
    const ProbeRun walked = walk(usual);
    EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
    expect_hidden(walked, secret);
    const std::string basic = text::base64("web:" + text::percent_encode(secret));
    EXPECT_EQ(dump(walked).find(basic), std::string::npos);
  }
}

}  // namespace
}  // namespace sonde::test::secrets_test
