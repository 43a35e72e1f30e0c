#include "daemon/web/api.hpp"

#include <gmock/gmock.h>

#include "tests/daemon/core/hand_view.hpp"
#include "tests/daemon/web/listening.hpp"

namespace sonde::web::api_test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const WallTime noon{std::chrono::seconds(1'796'126'400)};  // 2026-12-01T12:00:00Z

MaintenanceWindow window(std::string id, bool configured) {
  return {.id = std::move(id),
          .configured = configured,
          .target = {"production"},
          .reason = "say \"when\"",
          .author = "ann",
          .active = true,
          .from = noon,
          .to = noon + std::chrono::hours(2)};
}

// The API in front of a daemon that takes down what it is asked.
struct ApiTest : Listening {
  HandView view;
  ApiHooks hooks;
  std::vector<MaintenanceRequest> wished;
  std::vector<DeployRequest> deployed;
  std::vector<std::string> ended;

  ApiTest() {
    hooks.view = &view;
    hooks.admin = true;
    hooks.alerts = [] { return std::vector<AlertFacts>(); };
    hooks.rules = [] { return std::vector<RuleFacts>(); };
    hooks.maintenance = [] { return std::vector{window("m1", false), window("nightly", true)}; };
    hooks.deploys = [] { return std::vector<DeployMarker>(); };
    hooks.maintain = [this](const MaintenanceRequest& wish) {
      wished.push_back(wish);
      return std::expected<MaintenanceWindow, std::string>(window("m2", false));
    };
    hooks.deploy = [this](const DeployRequest& wish) {
      deployed.push_back(wish);
      return std::expected<DeployMarker, std::string>(
          DeployMarker{noon, wish.target, wish.version, wish.by});
    };
    hooks.end_maintenance = [this](std::string_view id) {
      if (id != "m1") return std::expected<void, std::string>(std::unexpected("not that one"));
      ended.emplace_back(id);
      return std::expected<void, std::string>();
    };
  }
  std::string external_url;
  void start() { Listening::start({.routes = api_routes(hooks), .external_url = external_url}); }
  std::string post(const std::string& path, const std::string& body,
                   const std::string& more = "Content-Type: application/json\r\n") {
    return get(path, more + "Content-Length: " + std::to_string(body.size()) + "\r\n", "POST",
               body);
  }
};

constexpr auto wish = R"({"for":"2h","where":{"target":"production","kind":["chat","login"]},
                          "reason":"upgrade","author":"ann","rates":"include"})";

TEST_F(ApiTest, ConfirmsAChangeWhenItIsWritten) {
  int written = 0;
  bool kept = true;
  hooks.write = [&](const std::function<void(bool)>& then) {
    ++written;
    then(kept);
  };
  start();
  EXPECT_THAT(post("/api/v1/maintenance", wish), AllOf(HasSubstr(" 201 "), Not(HasSubstr("warn"))));
  EXPECT_EQ(written, 1);
  kept = false;
  const auto lost = AllOf(HasSubstr(R"("status":"success")"),
                          HasSubstr(R"(,"warnings":["This is in effect, but could not be)"));
  EXPECT_THAT(post("/api/v1/maintenance", wish), lost);
  EXPECT_THAT(post("/api/v1/deploys", R"({"version":"v1"})"), lost);
  EXPECT_THAT(get("/api/v1/maintenance/m1", "", "DELETE"), lost);
  EXPECT_EQ(written, 4);
  get("/api/v1/maintenance");
  post("/api/v1/maintenance", "{");
  get("/api/v1/maintenance/nightly", "", "DELETE");
  EXPECT_EQ(written, 4) << "nothing was changed";
}

TEST_F(ApiTest, EveryErrorBelowApiHasTheShapeOfPrometheus) {
  start();
  const std::string error = R"({"status":"error","errorType":")";
  EXPECT_THAT(get("/api/v1/nothing"),
              AllOf(StartsWith("HTTP/1.1 404"), HasSubstr(error + "not_found\",\"error\":\"")));
  EXPECT_THAT(
      get("/api/v1/alerts", "Content-Length: 0\r\n", "POST"),
      AllOf(StartsWith("HTTP/1.1 405"), HasSubstr("Allow: GET, HEAD\r\n"),
            HasSubstr(error + "method_not_allowed\",\"error\":\"Allowed here: GET, HEAD\"")));
  EXPECT_THAT(get("/api/v1/deploys", "Content-Length: 2\r\n", "POST", "{}"),
              AllOf(StartsWith("HTTP/1.1 415"), HasSubstr(error + "bad_data\",\"error\":\"")));
}

TEST_F(ApiTest, TellsAlertsInTheShapeOfPrometheus) {
  hooks.alerts = [] {
    return std::vector<AlertFacts>{{.labels = {{"alertname", "AuthOutage"}, {"probe", "chat"}},
                                    .annotations = {{"summary", "it is \"down\""}},
                                    .state = AlertState::firing,
                                    .active_at = noon,
                                    .value = "72.0 % (18 of 25)",
                                    .number = 0.72,
                                    .held_by = ""}};
  };
  start();
  const std::string answer = get("/api/v1/alerts");
  EXPECT_THAT(answer,
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("Content-Type: application/json\r\n")));
  EXPECT_THAT(answer, HasSubstr(R"({"status":"success","data":{"alerts":[{"labels":{"alertname":)"
                                R"("AuthOutage","probe":"chat"},"annotations":{"summary":)"
                                R"("it is \"down\""},"state":"firing",)"
                                R"("activeAt":"2026-12-01T12:00:00.000Z","value":"7.2e-01",)"
                                R"x("valueText":"72.0 % (18 of 25)"}]}})x"));
}

TEST_F(ApiTest, TheValueOfAnAlertIsANumberAsPrometheusWritesIt) {
  const std::vector<std::pair<double, std::string>> all = {
      {1, "1e+00"}, {0.005, "5e-03"}, {25, "2.5e+01"},
      {0, "0e+00"}, {-3, "-3e+00"},   {std::numeric_limits<double>::quiet_NaN(), "NaN"}};
  std::vector<AlertFacts> alerts;
  for (const auto& [number, text] : all) alerts.push_back({.active_at = noon, .number = number});
  hooks.alerts = [alerts] { return alerts; };
  start();
  const std::string answer = get("/api/v1/alerts");
  for (const auto& [number, text] : all)
    EXPECT_THAT(answer, HasSubstr(R"("value":")" + text + R"("})"));
}

TEST_F(ApiTest, ARuleHasItsQueryAndItsDurations) {
  hooks.rules = [] {
    return std::vector<RuleFacts>{{.name = "A",
                                   .severity = "critical",
                                   .query = "sonde_x < 0.9",
                                   .hold = std::chrono::minutes(2),
                                   .keep_firing_for = std::chrono::minutes(5),
                                   .labels = {{"team", "chat"}},
                                   .annotations = {{"summary", "s"}}}};
  };
  hooks.alerts = [] { return std::vector<AlertFacts>(); };
  start();
  EXPECT_THAT(get("/api/v1/rules"),
              HasSubstr(R"("query":"sonde_x < 0.9","duration":120.000000,)"
                        R"("keepFiringFor":300.000000,"labels":{"severity":"critical",)"
                        R"("team":"chat"},"annotations":{"summary":"s"})"));
}

TEST_F(ApiTest, ARuleIsAsBadAsItsWorstAlert) {
  hooks.rules = [] {
    return std::vector<RuleFacts>{{.name = "A", .severity = "critical", .evaluations = 7},
                                  {.name = "B", .severity = "warning"}};
  };
  hooks.alerts = [] {
    return std::vector<AlertFacts>{
        {.labels = {{"alertname", "A"}}, .state = AlertState::firing, .active_at = noon},
        {.labels = {{"alertname", "A"}}, .state = AlertState::pending, .active_at = noon}};
  };
  start();
  const std::string answer = get("/api/v1/rules");
  EXPECT_THAT(answer, HasSubstr(R"("name":"A","health":"ok","state":"firing")"));
  EXPECT_THAT(answer, HasSubstr(R"("evaluations":7)"));
  EXPECT_THAT(answer, HasSubstr(R"("name":"B","health":"ok","state":"inactive")"));
}

TEST_F(ApiTest, TellsHowEveryProbeStandsWithTheCountsOfItsRates) {
  const auto chat = view.add("chat");
  view.tally(chat, {.of = RateOf::auth, .step = Step::login, .event = {}}, {25, 7});
  auto& standing = view.of(chat).standing;
  standing.last = Outcome::fail;
  standing.newest = Outcome::inconclusive;
  standing.consecutive_failures = 4;
  standing.failing_since = noon;
  standing.failing = FailureGroup{.step = Step::upgrade,
                                  .reason = Reason::server_error,
                                  .count = 4,
                                  .first = noon,
                                  .last = noon,
                                  .detail = "HTTP 500"};
  standing.certificates = {{"api:443", 1'796'126'400}};
  standing.not_performed = {{"expired_token", "none yet"}};
  start();
  const std::string answer = get("/api/v1/probes");
  EXPECT_THAT(answer, HasSubstr(R"("probe":"chat","kind":"chat","target":"staging")"));
  EXPECT_THAT(answer, HasSubstr(R"("verdict":"fail","newest":"inconclusive")"));
  EXPECT_THAT(answer, HasSubstr(R"("failing_since":"2026-12-01T12:00:00.000Z")"));
  EXPECT_THAT(answer, HasSubstr(R"("reason":"server_error","detail":"HTTP 500")"));
  EXPECT_THAT(answer, HasSubstr(R"("certificates":{"api:443":"2026-12-01T12:00:00.000Z"})"));
  EXPECT_THAT(answer, HasSubstr(R"("refusals_not_performed":{"expired_token":"none yet"})"));
  EXPECT_THAT(answer, HasSubstr(R"("auth/login":{"10m":{"attempts":25,"failures":7})"));
  EXPECT_THAT(answer, Not(HasSubstr("last_success"))) << "what is not known is absent";
}

TEST_F(ApiTest, ListsMaintenance) {
  start();
  const std::string answer = get("/api/v1/maintenance");
  EXPECT_THAT(answer, HasSubstr(R"({"maintenance":[{"id":"m1","from":"2026-12-01T12:00:00.000Z",)"
                                R"("to":"2026-12-01T14:00:00.000Z","active":true,)"
                                R"("where":{"target":["production"]},"reason":"say \"when\"",)"
                                R"("author":"ann","rates":"exclude","source":"api"})"));
  EXPECT_THAT(answer, HasSubstr(R"("source":"file")"));
  EXPECT_THAT(get("/api/v1/maintenance/nightly"), HasSubstr(R"("data":{"id":"nightly")"));
  EXPECT_THAT(get("/api/v1/maintenance/other"), StartsWith("HTTP/1.1 404"));
}

TEST_F(ApiTest, MakesAWindowOfWhatTheBodySays) {
  start();
  const std::string answer = post("/api/v1/maintenance", wish);
  EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 201"), HasSubstr(R"("id":"m2")")));
  ASSERT_EQ(wished.size(), 1u);
  EXPECT_EQ(wished[0].length, "2h");
  EXPECT_EQ(wished[0].from, "");
  EXPECT_EQ(wished[0].zone, "UTC");
  EXPECT_EQ(wished[0].target, std::vector<std::string>{"production"});
  EXPECT_EQ(wished[0].kind, (std::vector<std::string>{"chat", "login"}));
  EXPECT_EQ(wished[0].reason, "upgrade");
  EXPECT_EQ(wished[0].author, "ann");
  EXPECT_EQ(wished[0].rates, "include");
}

TEST_F(ApiTest, TellsEveryMistakeInABody) {
  start();
  const std::string answer =
      post("/api/v1/maintenance", R"({"for":7,"resaon":"x","where":{"target":[1],"team":"a"}})");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(answer, HasSubstr("for: a text is expected"));
  EXPECT_THAT(answer, HasSubstr("where.target: a text or a list"));
  EXPECT_THAT(answer, HasSubstr("where.team: unknown"));
  EXPECT_THAT(answer, HasSubstr("resaon: unknown; did you mean 'reason'?"));
  EXPECT_THAT(post("/api/v1/maintenance", "{"), HasSubstr("the body is not JSON"));
  for (const char* path : {"/api/v1/maintenance", "/api/v1/deploys"})
    for (const char* body : {"[]", "[1]", "7", "null", "\"{}\""})
      EXPECT_THAT(post(path, body), HasSubstr("\"error\":\"the body: an object is expected\""))
          << path << body;
  EXPECT_THAT(post("/api/v1/maintenance", R"({"for":"1h","reason":"a","for":"2h"})"),
              HasSubstr("for: given twice in one object"));
  EXPECT_THAT(post("/api/v1/deploys", R"({"version":"1", "versio\u006e" : "2"})"),
              HasSubstr("version: given twice in one object"));
  EXPECT_THAT(post("/api/v1/maintenance", R"({"where":{"probe":["a"],"probe":"b"}})"),
              HasSubstr("probe: given twice in one object"));
  EXPECT_THAT(post("/api/v1/maintenance", R"({"where":{"target":"a"},"target":"\"target\":"})"),
              Not(HasSubstr("given twice")));
  EXPECT_THAT(post("/api/v1/maintenance", R"({"where":"all"})"),
              HasSubstr("where: an object is expected"));
  EXPECT_TRUE(wished.empty());
}

TEST_F(ApiTest, TellsWhatTheDaemonDoesNotLike) {
  hooks.maintain = [](const MaintenanceRequest&) {
    return std::expected<MaintenanceWindow, std::string>(std::unexpected("to: it would end"));
  };
  start();
  EXPECT_THAT(post("/api/v1/maintenance", wish),
              AllOf(StartsWith("HTTP/1.1 400"), HasSubstr(R"("error":"to: it would end")")));
}

TEST_F(ApiTest, EndsAWindowOfItsOwn) {
  start();
  EXPECT_THAT(get("/api/v1/maintenance/m1", "", "DELETE"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(get("/api/v1/maintenance/nightly", "", "DELETE"), StartsWith("HTTP/1.1 409"));
  EXPECT_THAT(get("/api/v1/maintenance/other", "", "DELETE"), StartsWith("HTTP/1.1 404"));
  EXPECT_EQ(ended, std::vector<std::string>{"m1"});
}

TEST_F(ApiTest, TakesAndListsDeploys) {
  hooks.deploys = [] { return std::vector{DeployMarker{noon, "", "v1", "ci"}}; };
  start();
  const std::string answer = post("/api/v1/deploys", R"({"version":"v1.2","by":"ci",
                                  "target":"production","at":"2026-12-01T12:00:00Z"})");
  EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 201"), HasSubstr(R"("version":"v1.2")")));
  ASSERT_EQ(deployed.size(), 1u);
  EXPECT_EQ(deployed[0].at, "2026-12-01T12:00:00Z");
  EXPECT_THAT(get("/api/v1/deploys"),
              HasSubstr(R"({"deploys":[{"at":"2026-12-01T12:00:00.000Z","version":"v1",)"
                        R"("by":"ci"}]})"));
}

TEST_F(ApiTest, ChangesAreForbiddenUnlessTheyAreSwitchedOn) {
  hooks.admin = false;
  start();
  EXPECT_THAT(post("/api/v1/maintenance", wish),
              AllOf(StartsWith("HTTP/1.1 403"), HasSubstr("--web.enable-admin-api")));
  EXPECT_THAT(post("/api/v1/deploys", "{}"), StartsWith("HTTP/1.1 403"));
  EXPECT_THAT(get("/api/v1/maintenance/m1", "", "DELETE"), StartsWith("HTTP/1.1 403"));
  EXPECT_THAT(get("/api/v1/maintenance"), StartsWith("HTTP/1.1 200"));
  EXPECT_TRUE(wished.empty() && deployed.empty() && ended.empty());
}

TEST_F(ApiTest, APageOfAnotherOriginChangesNothing) {
  external_url = "https://sonde.example.com/base";
  start();
  const std::string json = "Content-Type: application/json\r\n";
  for (const char* origin :
       {"http://evil.example", "http://x.evil.example", "http://127.0.0.1:81", "null"})
    EXPECT_THAT(post("/api/v1/maintenance", wish, json + "Origin: " + origin + "\r\n"),
                StartsWith("HTTP/1.1 403"))
        << origin;
  EXPECT_THAT(get("/api/v1/maintenance/m1", "Origin: http://evil.example\r\n", "DELETE"),
              StartsWith("HTTP/1.1 403"));
  EXPECT_TRUE(wished.empty() && ended.empty());
  for (const char* origin : {"http://127.0.0.1", "HTTP://127.0.0.1", "https://sonde.example.com"})
    EXPECT_THAT(post("/api/v1/maintenance", wish, json + "Origin: " + origin + "\r\n"),
                StartsWith("HTTP/1.1 201"))
        << origin;
}

TEST_F(ApiTest, AFormIsNoJson) {
  start();
  for (const char* type :
       {"", "Content-Type: text/plain\r\n", "Content-Type: application/x-www-form-urlencoded\r\n",
        "Content-Type: application/jsonp\r\n"})
    EXPECT_THAT(post("/api/v1/maintenance", wish, type), StartsWith("HTTP/1.1 415")) << type;
  EXPECT_TRUE(wished.empty());
  EXPECT_THAT(
      post("/api/v1/maintenance", wish, "Content-Type: Application/JSON; charset=utf-8\r\n"),
      StartsWith("HTTP/1.1 201"));
}

TEST_F(ApiTest, ABodyIsBounded) {
  start();
  EXPECT_THAT(post("/api/v1/maintenance", std::string(65 * 1024, ' ')), StartsWith("HTTP/1.1 413"));
}

TEST_F(ApiTest, TellsTheEvidenceOfAProbeAsText) {
  hooks.evidence = [](const std::string& probe, const std::string& target,
                      const ApiHooks::Reply& notified) {
    if (probe == "chat" && target == "staging")
      notified("upgrade/server_error at 12:00\n");
    else
      notified(std::nullopt);
  };
  start();
  const std::string answer = get("/failures/chat/staging");
  EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 200"),
                            HasSubstr("Content-Type: text/plain; charset=utf-8\r\n"),
                            HasSubstr("upgrade/server_error at 12:00")));
  for (const char* path : {"/failures/chat/other", "/failures/chat", "/failures/"})
    EXPECT_THAT(get(path), StartsWith("HTTP/1.1 404")) << path;
}

TEST_F(ApiTest, WhatTheDaemonDoesNotKnowIsNotThere) {
  hooks = {};
  start();
  for (const char* path :
       {"/api/v1/alerts", "/api/v1/rules", "/api/v1/probes", "/api/v1/maintenance",
        "/api/v1/maintenance/m1", "/api/v1/deploys", "/failures/chat/staging"})
    EXPECT_THAT(get(path), StartsWith("HTTP/1.1 404")) << path;
}

TEST_F(ApiTest, OtherMethodsAreRefused) {
  start();
  EXPECT_THAT(get("/api/v1/maintenance", "", "DELETE"),
              AllOf(StartsWith("HTTP/1.1 405"), HasSubstr("Allow: GET, HEAD, POST\r\n")));
  EXPECT_THAT(get("/api/v1/alerts", "Content-Length: 0\r\n", "POST"), StartsWith("HTTP/1.1 405"));
}

}  // namespace
}  // namespace sonde::web::api_test
