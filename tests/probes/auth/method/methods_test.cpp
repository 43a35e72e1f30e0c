#include <gmock/gmock.h>

#include "probes/text/template.hpp"
#include "tests/support/http_server.hpp"
#include "tests/support/probe_run.hpp"

// Each way to log in, from YAML to the bytes on the wire.
namespace sonde::test::methods_test {
namespace {

using testing::HasSubstr;

// A probe that logs in at a server, and what the server was asked.
struct LoggedIn {
  ProbeRun walked;
  std::vector<Request> requests;
};

LoggedIn log_in(const Handler& handler, const DefaultConfig::Keys& login,
                const DefaultConfig::Keys& identity = {}) {
  const Server server(handler);
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login = login;
  usual.login.emplace("url", R"("{{target.auth}}/token")");
  for (const auto& [name, value] : identity)
    usual.identity[name] =
        name == "client_secret" ? "{ file: " + usual.folder.write(name, value) + " }" : value;
  LoggedIn logged{.walked = walk(usual), .requests = server.requests()};
  return logged;
}

// Grants a token to a request that contains `proof`, and says 401 to all others.
Script grant_to(const std::string& proof, const Request& request) {
  const bool shown = (request.head + request.body).find(proof) != std::string::npos;
  return {shown ? json(200, granted()) : json(401, R"({"error":"invalid_client"})")};
}

Handler grants(std::string proof) { return std::bind_front(grant_to, std::move(proof)); }

std::string encoded_password() { return text::percent_encode(DefaultConfig::password); }

TEST(JsonMethod, SendsItsBodyAsJson) {
  const auto logged = log_in(
      grants(text::json_quote(DefaultConfig::password)),
      {{"body", R"({ email: "{{identity.username}}", password: "{{identity.password}}" })"}});
  EXPECT_EQ(logged.walked.verdict.outcome, Outcome::pass) << logged.walked.show();
  ASSERT_EQ(logged.requests.size(), 1U);
  EXPECT_EQ(logged.requests[0].method(), "POST");
  EXPECT_EQ(logged.requests[0].target(), "/token");
  EXPECT_EQ(logged.requests[0].header("Content-Type"), "application/json");
  EXPECT_THAT(logged.requests[0].body, HasSubstr(R"("email":"alice@example.com")"));
}

TEST(JsonMethod, IsTheOneThatIsMeantWithoutAName) {
  const auto logged = log_in(grants("{}"), {{"body", "{}"}});
  EXPECT_EQ(logged.walked.verdict.outcome, Outcome::pass) << logged.walked.show();
}

TEST(JsonMethod, FailsWithTheWrongPassword) {
  const auto logged =
      log_in(grants("another password"), {{"body", R"({ password: "{{identity.password}}" })"}});
  EXPECT_EQ(logged.walked.verdict.reason, Reason::credentials);
  EXPECT_THAT(logged.walked.verdict.detail, HasSubstr("HTTP 401 invalid_client"));
}

TEST(Oauth2Password, SendsAForm) {
  const auto logged = log_in(grants("password=" + encoded_password()),
                             {{"method", "oauth2_password"}, {"scope", "\"chat read\""}});
  EXPECT_EQ(logged.walked.verdict.outcome, Outcome::pass) << logged.walked.show();
  ASSERT_EQ(logged.requests.size(), 1U);
  EXPECT_EQ(logged.requests[0].header("Content-Type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(logged.requests[0].body, "grant_type=password&username=alice%40example.com&password=" +
                                         encoded_password() + "&scope=chat%20read");
}

TEST(Oauth2Password, NamesItsClientWhereOneIsWanted) {
  const auto logged = log_in(grants("client_id=web&client_secret=s3cret%2Fclient"),
                             {{"method", "oauth2_password"},
                              {"client_id", "web"},
                              {"client_secret", R"("{{identity.client_secret}}")"}},
                             {{"client_secret", "s3cret/client"}});
  EXPECT_EQ(logged.walked.verdict.outcome, Outcome::pass) << logged.walked.show();
}

TEST(Oauth2Password, FailsWithTheWrongPassword) {
  const auto logged = log_in(grants("password=another"), {{"method", "oauth2_password"}});
  EXPECT_EQ(logged.walked.verdict.reason, Reason::credentials);
}

const DefaultConfig::Keys client = {{"client_id", "\"web:1\""}, {"client_secret", "s3cret/+ü"}};

TEST(ClientCredentials, ProveThemselvesByBasicAuthentication) {
  const std::string joined = "web%3A1:s3cret%2F%2B%C3%BC";
  const auto logged = log_in(grants("Authorization: Basic " + text::base64(joined) + "\r\n"),
                             {{"method", "client_credentials"}, {"audience", "api"}}, client);
  EXPECT_EQ(logged.walked.verdict.outcome, Outcome::pass) << logged.walked.show();
  ASSERT_EQ(logged.requests.size(), 1U);
  EXPECT_EQ(logged.requests[0].body, "grant_type=client_credentials&audience=api");
}

TEST(ClientCredentials, ProveThemselvesInTheBody) {
  const auto logged = log_in(grants("client_id=web%3A1&client_secret=s3cret%2F%2B%C3%BC"),
                             {{"method", "client_credentials"}, {"client_auth", "body"}}, client);
  EXPECT_EQ(logged.walked.verdict.outcome, Outcome::pass) << logged.walked.show();
  EXPECT_EQ(logged.requests.at(0).header("Authorization"), "");
}

TEST(ClientCredentials, FailWithTheWrongSecret) {
  for (const std::string how : {"basic", "body"}) {
    const auto logged = log_in(grants("another secret"),
                               {{"method", "client_credentials"}, {"client_auth", how}}, client);
    EXPECT_EQ(logged.walked.verdict.reason, Reason::credentials) << how;
  }
}

ProbeRun show_token(const std::string& token, const std::string& jwt) {
  DefaultConfig usual("127.0.0.1:9");
  usual.kind("login");
  usual.login = {{"method", "token"},
                 {"token", "{ file: " + usual.folder.write("token", token) + " }"},
                 {"jwt", jwt}};
  return walk(usual);
}

TEST(StaticToken, AsksNobodyAndIsNoAttemptToLogIn) {
  const ProbeRun walked = show_token("opaque\n", "");
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_TRUE(walked.trace->auth().empty());
  EXPECT_TRUE(walked.trace->exchanges().empty());
}

TEST(StaticToken, IsStillCheckedAsAJwt) {
  EXPECT_EQ(show_token("opaque", "{}").verdict.reason, Reason::token_malformed);
  const std::string old =
      text::base64url(R"({"alg":"RS256"})") + "." + text::base64url(R"({"exp":1000})") + ".c2ln";
  const ProbeRun walked = show_token(old, "{}");
  EXPECT_EQ(walked.verdict.reason, Reason::monitor_credential_expired);
  EXPECT_EQ(walked.verdict.outcome, Outcome::inconclusive);
}

TEST(StaticToken, WithABlankInItIsOurOwnMistake) {
  EXPECT_EQ(show_token("two words", "").verdict.reason, Reason::own_secret);
  EXPECT_EQ(show_token("a\r\nX-Injected: 1", "").verdict.reason, Reason::own_secret);
}

TEST(Login, ALoginThatWorkedIsOneSuccessAndOneThatFailedIsOneFailure) {
  const auto good = log_in(grants("{}"), {{"body", "{}"}});
  ASSERT_EQ(good.walked.trace->auth().size(), 1U);
  EXPECT_TRUE(good.walked.trace->auth()[0].succeeded);
  const auto bad = log_in(grants("nothing"), {{"body", "{}"}});
  ASSERT_EQ(bad.walked.trace->auth().size(), 1U);
  EXPECT_FALSE(bad.walked.trace->auth()[0].succeeded);
}

TEST(Login, ATokenThatIsNotUsableIsNoSuccess) {
  const auto logged = log_in(grants("{}"), {{"body", "{}"}, {"jwt", "{}"}});
  EXPECT_EQ(logged.walked.verdict.reason, Reason::token_malformed);
  ASSERT_EQ(logged.walked.trace->auth().size(), 1U);
  EXPECT_FALSE(logged.walked.trace->auth()[0].succeeded);
}

}  // namespace
}  // namespace sonde::test::methods_test
