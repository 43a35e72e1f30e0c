#include <gmock/gmock.h>

#include "daemon/web/api.hpp"
#include "tests/daemon/core/hand_view.hpp"
#include "tests/daemon/core/made_alert.hpp"
#include "tests/daemon/web/listening.hpp"

namespace sonde::web::api_lists_test {
namespace {

using test::at;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// The lists of the API, in front of a daemon with two targets.
struct ApiListsTest : Listening {
  HandView view;
  ApiHooks hooks;
  std::vector<AlertFacts> alerts;
  std::vector<AlertRecord> records;
  std::shared_ptr<const Check> login = view.add("login", "production"),
                               chat = view.add("chat", "production"),
                               other = view.add("login", "staging");

  ApiListsTest() {
    hooks.view = &view;
    hooks.alerts = [this] { return alerts; };
    hooks.alert_history = [this](const AlertRecordQuery& query) {
      std::vector<AlertRecord> all;
      for (const auto& record : records)
        if (query.target.empty() || record.labels.at("target") == query.target)
          all.push_back(record);
      return all;
    };
    hooks.external_url = "https://sonde.example.com/x";
  }
  void start() { Listening::start({.routes = api_routes(hooks)}); }
  void pass(const std::shared_ptr<const Check>& check, double since) {
    view.of(check).standing.last = Outcome::pass;
    view.of(check).standing.passing_since = at(since);
  }
  void fail(const std::shared_ptr<const Check>& check, double since) {
    auto& standing = view.of(check).standing;
    standing.last = Outcome::fail;
    standing.consecutive_failures = 1;
    standing.failing_since = at(since);
    standing.failing =
        FailureGroup{Step::login, Reason::server_error, 1, at(since), at(since), "<b>HTTP 500"};
  }
  // The names of a list in the order of the answer.
  std::string names(const std::string& path, const std::string& member) {
    std::string answer = get(path), all;
    for (std::size_t at = 0; (at = answer.find("\"" + member + "\":\"", at)) != answer.npos;) {
      at += member.size() + 4;
      all += (all.empty() ? "" : " ") + answer.substr(at, answer.find('"', at) - at);
    }
    return all;
  }
};

TEST_F(ApiListsTest, ATargetIsAsBadAsItsWorstProbeSinceItIs) {
  pass(login, 0);
  fail(chat, 60);
  pass(other, 10);
  alerts = {{.labels = {{"alertname", "A"}, {"target", "production"}},
             .state = AlertState::firing,
             .active_at = at(70),
             .incident = "0123456789abcdef"},
            {.labels = {{"alertname", "B"}, {"target", "production"}},
             .state = AlertState::pending,
             .active_at = at(70)}};
  start();
  const std::string answer = get("/api/v1/targets");
  EXPECT_THAT(
      answer,
      HasSubstr(R"({"target":"production","state":"failing","since":"2026-10-01T12:01:00)"));
  EXPECT_THAT(answer, HasSubstr(R"({"probe":"chat","kind":"chat","state":"failing",)"
                                R"("since":"2026-10-01T12:01:00.000Z","step":"login",)"
                                R"("reason":"server_error"})"));
  EXPECT_THAT(answer, AllOf(HasSubstr(R"("alertname":"A")"), Not(HasSubstr(R"("alertname":"B")")),
                            HasSubstr(R"("incident":"0123456789abcdef")")));
  EXPECT_THAT(answer, HasSubstr(R"({"target":"staging","state":"passing","since":)"));
  EXPECT_LT(answer.find("\"production\",\"state\""), answer.find("\"staging\",\"state\""));
  EXPECT_EQ(names("/api/v1/targets?state=passing", "target"), "staging");
}

TEST_F(ApiListsTest, ATargetOfWhichNothingIsKnownIsUnknown) {
  pass(login, 0);
  view.of(chat).standing.inconclusive =
      FailureGroup{Step::login, Reason::own_dns, 1, at(5), at(9), "no DNS"};
  start();
  EXPECT_THAT(get("/api/v1/targets?target=production"),
              AllOf(HasSubstr(R"("target":"production","state":"inconclusive","since":)"),
                    HasSubstr(R"("reason":"own_dns")")));
  EXPECT_THAT(get("/api/v1/targets?target=staging"),
              HasSubstr(R"("target":"staging","state":"unknown","probes")"));
}

TEST_F(ApiListsTest, ProbesAreFilteredAndPagedInTheOrderOfTheirNames) {
  fail(chat, 0);
  start();
  EXPECT_EQ(names("/api/v1/probes", "probe"), "chat login login");
  EXPECT_EQ(names("/api/v1/probes?kind=login&target=staging", "target"), "staging");
  EXPECT_EQ(names("/api/v1/probes?verdict=fail", "probe"), "chat");
  EXPECT_EQ(names("/api/v1/probes?limit=2", "probe"), "chat login");
  const std::string next = names("/api/v1/probes?limit=2", "next");
  EXPECT_EQ(names("/api/v1/probes?limit=2&after=" + next, "target"), "staging");
  EXPECT_EQ(names("/api/v1/probes?limit=2&after=" + next, "next"), "");
  view.remove(login);  // the cursor stays good
  EXPECT_EQ(names("/api/v1/probes?after=" + next, "target"), "staging");
  EXPECT_THAT(get("/api/v1/probes?after=!!!"),
              AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("after: the `next` of the page before")));
  EXPECT_THAT(get("/api/v1/probes?after=production"), StartsWith("HTTP/1.1 400")) << "no cursor";
}

TEST_F(ApiListsTest, ABadgeSaysOneOfThreeWordsAndNothingOfTheTarget) {
  start();
  EXPECT_THAT(get("/api/v1/badge/chat.svg"), HasSubstr("chat: unknown"));
  pass(chat, 0);
  EXPECT_THAT(get("/api/v1/badge/chat.svg"),
              AllOf(HasSubstr("chat: passing"), HasSubstr("Content-Type: image/svg+xml"),
                    HasSubstr("Cross-Origin-Resource-Policy: cross-origin")));
  pass(login, 0);
  fail(other, 0);
  EXPECT_THAT(get("/api/v1/badge/login.svg"), HasSubstr("login: failing"));
  EXPECT_THAT(get("/api/v1/badge/login.svg?target=production"), HasSubstr("login: passing"));
  EXPECT_THAT(get("/api/v1/badge/login.svg"), Not(HasSubstr("500")));
  view.of(chat).standing.inconclusive =
      FailureGroup{Step::login, Reason::own_dns, 1, at(5), at(9), "no DNS"};
  EXPECT_THAT(get("/api/v1/badge/chat.svg"), HasSubstr("chat: unknown"));
}

TEST_F(ApiListsTest, ABadgeIsNotGreenWhileACriticalAlertFiresAboutItsProbe) {
  pass(login, 0);
  pass(chat, 0);
  pass(other, 0);
  alerts = {{.labels = {{"alertname", "A"},
                        {"target", "production"},
                        {"probe", "login"},
                        {"severity", "critical"}},
             .state = AlertState::firing,
             .active_at = at(70)}};
  start();
  EXPECT_THAT(get("/api/v1/badge/login.svg"), HasSubstr("login: failing"));
  EXPECT_THAT(get("/api/v1/badge/login.svg?target=staging"), HasSubstr("login: passing"));
  EXPECT_THAT(get("/api/v1/badge/chat.svg"), HasSubstr("chat: passing"));
  alerts.front().labels.erase("probe");
  EXPECT_THAT(get("/api/v1/badge/chat.svg"), HasSubstr("chat: failing")) << "of the whole target";
  alerts.front().labels["severity"] = "warning";
  EXPECT_THAT(get("/api/v1/badge/chat.svg"), HasSubstr("chat: passing"));
}

TEST_F(ApiListsTest, AFailureDuringAMaintenanceIsNotShownAsPassing) {
  pass(chat, 0);
  view.of(chat).standing.newest = Outcome::fail;
  start();
  EXPECT_THAT(get("/api/v1/badge/chat.svg"), HasSubstr("chat: unknown"));
  EXPECT_EQ(names("/api/v1/targets?state=passing", "target"), "");
}

TEST_F(ApiListsTest, FeedsKeepHostileTextsAsText) {
  records = {{.labels = {{"alertname", "A"}, {"target", "production"}, {"severity", "critical"}},
              .summary = "login <script>alert(1)</script> & \x01 ]]> \"quoted\"",
              .starts = at(0),
              .ended = at(60),
              .notifications = {},
              .acknowledged = {},
              .incident = "0123456789abcdef"}};
  start();
  const std::string atom = get("/feeds/production.atom");
  EXPECT_THAT(atom,
              AllOf(HasSubstr("Content-Type: application/atom+xml"),
                    HasSubstr("<id>urn:sonde:incident:0123456789abcdef</id>"),
                    HasSubstr("<updated>2026-10-01T12:01:00.000Z</updated>"),
                    HasSubstr("&lt;script&gt;"), Not(HasSubstr("<script")), Not(HasSubstr("\x01")),
                    HasSubstr("https://sonde.example.com/x/feeds/production.atom")));
  const std::string json = get("/feeds/production.json");
  EXPECT_THAT(json, AllOf(HasSubstr("Content-Type: application/feed+json"),
                          HasSubstr(R"("id":"urn:sonde:incident:0123456789abcdef")"),
                          HasSubstr(R"(\"quoted\")"), Not(HasSubstr("\x01"))));
  EXPECT_THAT(get("/feeds/staging.atom"), AllOf(HasSubstr(" 200 "), Not(HasSubstr("<entry>"))));
  EXPECT_THAT(get("/feeds/nobody.atom"), HasSubstr(" 404 "));
  EXPECT_THAT(get("/feeds/production.rss"), HasSubstr(" 404 "));
}

TEST_F(ApiListsTest, AFeedIsBounded) {
  for (int i = 0; i < 80; ++i)
    records.push_back({.labels = {{"alertname", "A"}, {"target", "production"}},
                       .summary = "s",
                       .starts = at(i),
                       .ended = at(i + 0.5),
                       .notifications = {},
                       .acknowledged = {},
                       .incident = "i" + std::to_string(i)});
  start();
  const std::string atom = get("/feeds/production.atom");
  EXPECT_THAT(atom, AllOf(HasSubstr("incident:i79<"), HasSubstr("incident:i30<"),
                          Not(HasSubstr("incident:i29<"))));
  EXPECT_EQ(names("/api/v1/incidents?limit=2", "id"), "i79 i78");
  EXPECT_EQ(names("/api/v1/incidents?state=open", "id"), "");
}

}  // namespace
}  // namespace sonde::web::api_lists_test
