#include <fmt/chrono.h>
#include <gmock/gmock.h>

#include "probes/auth/jwt/jwks.hpp"
#include "tests/support/probe_run.hpp"
#include "tests/support/provider.hpp"
#include "tests/support/ws_server.hpp"

// Steps, device, and clients that sign.
namespace sonde::test::more_methods_test {
namespace {

using testing::HasSubstr;

// Grants a token for an assertion that `signer` signed with these claims in it.
Handler grants(const Signer& signer, const std::string& parameter, const std::string& claims) {
  return [&signer, parameter, claims](const Request& request) -> Script {
    const std::string jwt = parameters(request.body)[parameter];
    const auto set = auth::read_jwks(signer.jwks());
    const bool good =
        auth::check_signature(jwt, "ES256", "k1", *set).outcome == auth::Signed::good &&
        claims_of(jwt).find(claims) != std::string::npos;
    return {good ? json(200, granted()) : json(401, R"({"error":"invalid_client"})")};
  };
}

ProbeRun sign_in(const Signer& known, const Signer& used, const std::string& parameter,
                 const std::string& claims, DefaultConfig::Keys login, const std::string& prefix) {
  const Server server(grants(known, parameter, claims));
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  login["url"] = R"("{{target.auth}}/token")";
  const std::string key = "{ file: " + usual.folder.write("key.pem", used.pem()) + " }";
  if (prefix.empty())
    login["key"] = key;
  else
    login[prefix] = "{ key: " + key + ", key_id: k1, algorithm: ES256 }";
  usual.login = login;
  return walk(usual);
}

TEST(PrivateKeyJwt, ProvesTheClientByASignature) {
  const Signer signer, other;
  const DefaultConfig::Keys keys = {
      {"method", "client_credentials"}, {"client_id", "web"}, {"client_auth", "private_key_jwt"}};
  const std::string claims = R"("iss":"web","sub":"web","aud":"http://127.0.0.1:)";
  const ProbeRun good = sign_in(signer, signer, "client_assertion", claims, keys, "client_key");
  EXPECT_EQ(good.verdict.outcome, Outcome::pass) << good.show();
  const ProbeRun bad = sign_in(signer, other, "client_assertion", claims, keys, "client_key");
  EXPECT_EQ(bad.verdict.reason, Reason::credentials) << bad.show();
}

TEST(JwtBearer, IsGrantedATokenForASignedJwt) {
  const Signer signer, other;
  const DefaultConfig::Keys keys = {
      {"method", "jwt_bearer"}, {"issuer", "robot"},    {"audience", "https://sts"},
      {"key_id", "k1"},         {"algorithm", "ES256"}, {"claims", "{ target_audience: api }"}};
  const ProbeRun good =
      sign_in(signer, signer, "assertion", R"("target_audience":"api")", keys, "");
  EXPECT_EQ(good.verdict.outcome, Outcome::pass) << good.show();
  const ProbeRun bad = sign_in(signer, other, "assertion", "", keys, "");
  EXPECT_EQ(bad.verdict.reason, Reason::credentials);
}

TEST(JwtBearer, WithAKeyThatIsNoneIsOurOwnFault) {
  const Server server(Script{json(200, granted())});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login = {{"method", "jwt_bearer"},
                 {"url", R"("{{target.auth}}/token")"},
                 {"key", "{ file: " + usual.folder.write("key.pem", Signer("RS256").pem()) + " }"}};
  const auto check = plan(usual.yaml()).check("p");
  usual.folder.write("key.pem", "no key at all");  // replaced while the daemon runs
  const ProbeRun walked = walk(check);
  EXPECT_EQ(walked.verdict.reason, Reason::own_secret);
  EXPECT_THAT(walked.verdict.detail, testing::Not(HasSubstr("no key at all")));
}

ProbeRun ask_device(const std::string& body) {
  const Server server(Script{json(200, body)});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login = {{"method", "device"}, {"url", R"("{{target.auth}}/device")"}, {"client_id", "tv"}};
  return walk(usual);
}

TEST(Device, PassesWhereAHumanWouldGoOn) {
  const ProbeRun walked = ask_device(
      R"({"device_code":"d","user_code":"U","verification_uri":"https://a.example/d","expires_in":60})");
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
}

TEST(Device, FailsWithAnAnswerThatLacksWhatAHumanNeeds) {
  for (const std::string body :
       {R"({"device_code":"d","verification_uri":"https://a.example/d","expires_in":60})",
        R"({"device_code":"d","user_code":"U","verification_uri":"/d","expires_in":60})",
        R"({"device_code":"d","user_code":"U","verification_uri":"https://a.example/d"})"})
    EXPECT_EQ(ask_device(body).verdict.reason, Reason::answer_incomplete) << body;
}

// A login, then a ticket for it, as a header wants it; a socket that wants the ticket.
Script tickets(const Request& request) {
  if (request.target() == "/login")
    return {answer(200, R"({"session":{"id":"s1"}})", {{"X-Csrf", "abc; v=1"}})};
  if (request.target() == "/ticket") {
    const bool good = request.header("X-Session") == "s1" && request.header("X-Csrf") == "abc";
    return {good ? json(201, R"({"ticket":"once-only","ttl":30})") : answer(403)};
  }
  if (request.target() == "/ws?ticket=once-only")
    return {accept(), text(R"({"type":"connection_established"})"), on_message({})};
  return {answer(404)};
}

constexpr std::string_view two_requests =
    R"([{ url: "{{target.auth}}/login", json: { user: "{{identity.username}}" },
          capture: { session: { json: /session/id }, csrf: { header: X-Csrf, matches: "^[a-z]+" } } },
        { url: "{{target.auth}}/ticket", headers: { X-Session: "{{session}}", X-Csrf: "{{csrf}}" },
          status: [201], capture: { ticket: { json: /ticket }, ttl: { json: /ttl } } }])";

TEST(Steps, GiveWhatTheyCaptureToLaterOnesAndToTheSocket) {
  const Server server{Handler(tickets)};
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.login = {{"method", "steps"},
                 {"requests", std::string(two_requests)},
                 {"token", R"("{{ticket}}")"},
                 {"expires_in", R"("{{ttl}}")"}};
  usual.socket["token_in"] = R"({ query: "ticket={{login.ticket}}" })";
  usual.socket["url"] = R"("{{target.ws}}/ws")";
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
}

TEST(Steps, PostWhatHasABodyAndGetTheRest) {
  std::vector<std::string> methods;
  const Server server{Handler([&](const Request& request) -> Script {
    methods.emplace_back(request.method());
    return {json(200, R"({"t":"abc"})")};
  })};
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login = {{"method", "steps"},
                 {"requests", R"([{ url: "{{target.auth}}/page" },
                       { url: "{{target.auth}}/login", form: { p: "{{identity.password}}" } },
                       { url: "{{target.auth}}/ticket", method: POST,
                         capture: { t: { json: /t } } }])"},
                 {"token", R"("{{t}}")"}};
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_EQ(methods, (std::vector<std::string>{"GET", "POST", "POST"}));
}

// The token comes from a server whose clock is two hours ahead, what follows from another one.
TEST(Steps, JudgeATokenByTheClockOfTheAnswerThatGaveIt) {
  const Signer signer;
  const std::int64_t ahead = unix_now() + 7200;
  const std::string token =
      signer.token(R"("iat":)" + std::to_string(ahead) + R"(,"exp":)" + std::to_string(ahead + 60));
  const auto date = fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(ahead));
  const Server server{Handler([&](const Request& request) -> Script {
    if (request.target() == "/login")
      return {answer(200, R"({"t":")" + token + "\"}", {{"Date", date}})};
    return {json(200, R"({"ticket":"abc"})")};
  })};
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login = {{"method", "steps"},
                 {"requests", R"([{ url: "{{target.auth}}/login", capture: { t: { json: /t } } },
                       { url: "{{target.auth}}/ticket", capture: { ticket: { json: /ticket } } }])"},
                 {"token", R"("{{t}}")"},
                 {"jwt", "{ leeway: 5s }"}};
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
}

TEST(Steps, FailWhereAnAnswerLacksWhatIsCaptured) {
  const Server server(Script{json(200, "{}")});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login = {{"method", "steps"}, {"requests", std::string(two_requests)}, {"token", "x"}};
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.reason, Reason::answer_incomplete);
  EXPECT_THAT(walked.verdict.detail, HasSubstr("lacks"));
}

TEST(Steps, SayWhyACookieThatTheyCaptureIsNotKept) {
  const Server server(Script{answer(200, "{}", {{"Set-Cookie", "sid=v; Domain=example.net"}})});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login = {{"method", "steps"},
                 {"requests", R"([{ url: "{{target.auth}}/l", json: { u: "{{identity.username}}" },
                                    capture: { sid: { cookie: sid } } }])"},
                 {"token", R"("{{sid}}")"}};
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.reason, Reason::answer_incomplete) << walked.show();
  EXPECT_THAT(walked.verdict.detail,
              HasSubstr("the cookie sid is not kept: its Domain example.net is not that of"));
}

TEST(Steps, SayWhyASocketHasNoCookies) {
  const Server server(Script{answer(200, "{}", {{"Set-Cookie", "sid=v; SameSite=None"}})});
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.login = {
      {"method", "steps"},
      {"requests", R"([{ url: "{{target.auth}}/l", json: { u: "{{identity.username}}" } }])"},
      {"token", "x"}};
  usual.socket["token_in"] = "cookie";
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.reason, Reason::token_missing) << walked.show();
  EXPECT_THAT(walked.verdict.detail,
              HasSubstr("the cookie sid is not kept: it is SameSite=None, but not Secure"));
}

TEST(Steps, FailAsEveryLoginWhereOneIsRefused) {
  const Server server(Script{json(401, R"({"detail":"no"})")});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login = {{"method", "steps"}, {"requests", std::string(two_requests)}, {"token", "x"}};
  EXPECT_EQ(walk(usual).verdict.reason, Reason::credentials);
}

TEST(Steps, WithAnUnknownNameAreAMistake) {
  DefaultConfig usual("127.0.0.1:9");
  usual.kind("login");
  usual.login = {{"method", "steps"},
                 {"requests", R"([{ url: "{{target.auth}}/{{nobody}}" }])"},
                 {"token", "x"}};
  EXPECT_THAT(plan(usual.yaml()).wrong(), HasSubstr("{{nobody}} is not known"));
}

TEST(Lockout, SuppressesALoginAfterSoManyRefusals) {
  const Server server(Script{json(401, "{}")});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login["lockout"] = "{ after: 2, cooldown: 1h }";
  Walker walker;
  for (int i = 0; i < 2; ++i) EXPECT_EQ(walker.walk(usual).verdict.reason, Reason::credentials);
  const ProbeRun held = walker.walk(usual);
  EXPECT_EQ(held.verdict.reason, Reason::suppressed);
  EXPECT_EQ(held.verdict.outcome, Outcome::skipped);
  EXPECT_TRUE(held.trace->auth().empty());
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST(Lockout, ObeysRetryAfter) {
  const Server server(Script{answer(429, "", {{"Retry-After", "120"}})});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  Walker walker;
  EXPECT_EQ(walker.walk(usual).verdict.reason, Reason::overloaded);
  const ProbeRun held = walker.walk(usual);
  EXPECT_EQ(held.verdict.reason, Reason::suppressed);
  EXPECT_THAT(held.verdict.detail, HasSubstr("for 120 s, and is for 60 s; the next login in 60 s"));
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(Json, TakesATokenFromACookie) {
  const Server server(Script{answer(200, "{}", {{"Set-Cookie", "at=abc; Path=/; HttpOnly"}})});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login["token_cookie"] = "at";
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  usual.login["token_cookie"] = "other";
  EXPECT_EQ(walk(usual).verdict.reason, Reason::token_missing);
}

}  // namespace
}  // namespace sonde::test::more_methods_test
