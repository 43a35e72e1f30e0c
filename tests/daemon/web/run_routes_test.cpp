#include "daemon/web/run_routes.hpp"

#include <gmock/gmock.h>

#include "daemon/core/result_json.hpp"
#include "probes/text/json.hpp"
#include "tests/daemon/core/made_results.hpp"
#include "tests/daemon/metrics/made_result.hpp"
#include "tests/daemon/web/listening.hpp"

namespace sonde::web::run_routes_test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view id = "6b0ec3400123456789abcdef01234567";

std::vector<std::shared_ptr<const Check>> three_checks() {
  return {metrics::chat_check("chat", "staging"), metrics::chat_check("chat", "production"),
          metrics::chat_check("log in", "staging")};
}

std::string mistake(std::string_view query, std::string_view probe = "") {
  const auto checks = three_checks();
  const auto asked = run_query(checks, probe, query);
  return asked ? "" : asked.error();
}

TEST(RunQueryText, EveryParameterNarrowsTheQuery) {
  const auto checks = three_checks();
  const auto all = run_query(checks, "", "");
  ASSERT_TRUE(all);
  EXPECT_EQ(all->check, "");
  EXPECT_EQ(all->limit, 50u);
  const auto asked = run_query(
      checks, "chat",
      "verdict=fail&step=events&reason=missing_event&since=2026-12-01T12:00:00Z&until=1796130000.5"
      "&recorded=true&limit=7&after=99");
  ASSERT_TRUE(asked) << asked.error();
  EXPECT_EQ(asked->check, "chat/chat/staging");
  EXPECT_THAT(asked->also, ElementsAre("chat/chat/production"));
  EXPECT_EQ(asked->outcome, Outcome::fail);
  EXPECT_EQ(asked->step, Step::events);
  EXPECT_EQ(asked->reason, Reason::missing_event);
  EXPECT_EQ(asked->since, WallTime(std::chrono::seconds(1'796'126'400)));
  EXPECT_EQ(asked->until, WallTime(std::chrono::milliseconds(1'796'130'000'500)));
  EXPECT_TRUE(asked->recorded);
  EXPECT_EQ(asked->limit, 7u);
  EXPECT_EQ(asked->before, 99);
  EXPECT_EQ(run_query(checks, "", "probe=log+in")->check, "chat/log in/staging");
  EXPECT_EQ(run_query(checks, "", "target=staging")->also.size(), 1u);
}

TEST(RunQueryText, SaysWhatIsWrong) {
  EXPECT_EQ(mistake("probe=chatt"),
            "probe: there is no 'chatt' in the configuration; did you mean 'chat'?");
  EXPECT_THAT(mistake("target=nowhere"), HasSubstr("target: there is no 'nowhere'"));
  EXPECT_EQ(mistake("probe=log+in&target=production"),
            "probe: none of the configuration has this name, kind and target");
  EXPECT_EQ(mistake("verdict=great"), "verdict: there is no 'great'");
  EXPECT_EQ(mistake("reason=%1b"), R"(reason: there is no '\x1b')");
  EXPECT_THAT(mistake("since=yesterday"), HasSubstr("since: 'yesterday' is no time"));
  EXPECT_THAT(mistake("since=2026-12-01T12:00"), HasSubstr("is no time"))
      << "nobody knows in which zone";
  EXPECT_EQ(mistake("limit=501"), "limit: a number from 1 to 500");
  EXPECT_EQ(mistake("limit=0"), "limit: a number from 1 to 500");
  EXPECT_THAT(mistake("after=-1"), HasSubstr("after: a number from 1"));
  EXPECT_EQ(mistake("recorded=1"), "recorded: one of true, false");
  EXPECT_THAT(mistake("verdct=fail"), HasSubstr("verdct: unknown; did you mean 'verdict'?"));
  EXPECT_EQ(mistake("probe=chat", "chat"), "probe: the path names it already");
}

TEST(RunQueryText, SaysWhichShardRunsWhatThisDaemonDoesNot) {
  const auto checks = three_checks();
  const Elsewhere elsewhere = [](const CheckNames& names) {
    const bool is_known = names.probe == "upgrade" || names.kind == "upgrade" ||
                          (names.probe == "log in" && names.target == "production");
    return std::string(is_known ? "shard 2 of 3 does" : "");
  };
  const auto wrong = [&](std::string_view query) {
    const auto asked = run_query(checks, "", query, elsewhere);
    return asked ? "" : asked.error();
  };
  EXPECT_EQ(wrong("probe=upgrade"), "probe: this daemon runs no 'upgrade'; shard 2 of 3 does");
  EXPECT_EQ(wrong("kind=upgrade"), "kind: this daemon runs no 'upgrade'; shard 2 of 3 does");
  EXPECT_EQ(wrong("probe=log+in&target=production"),
            "probe: this daemon runs none of this name, kind and target; shard 2 of 3 does");
  EXPECT_EQ(wrong("probe=chatt"),
            "probe: there is no 'chatt' in the configuration; did you mean 'chat'?");
  EXPECT_EQ(wrong("probe=chat"), "");
}

RunRow a_run() {
  RunRow run{.row = 41,
             .id = std::string(id),
             .check = "chat/chat/staging",
             .ended = WallTime(std::chrono::seconds(1'796'126'400)),
             .took = std::chrono::milliseconds(1250),
             .recorded = true,
             .phases = {{Phase::connect, std::chrono::milliseconds(4)}}};
  run.verdict = Verdict::of(Step::events, {Reason::missing_event, "say \"when\""});
  return run;
}

struct RunRoutesTest : Listening {
  std::vector<std::shared_ptr<const Check>> checks = three_checks();
  RunHooks hooks;
  std::vector<RunQuery> asked;
  std::expected<std::optional<RunTranscript>, std::string> found = std::nullopt;

  RunRoutesTest() {
    hooks.checks = [this] { return std::span(checks); };
    hooks.runs = [this](const RunQuery& query, const auto& done) {
      asked.push_back(query);
      done(std::vector{a_run()});
    };
    hooks.run = [this](const std::string&, const auto& done) { done(found); };
  }
  void start() { Listening::start({.routes = run_routes(hooks)}); }
  std::string one(std::string_view query = "") {
    return get("/api/v1/runs/" + std::string(id) + std::string(query));
  }
};

TEST_F(RunRoutesTest, ListsTheRunsOfAProbe) {
  start();
  const std::string answer = get("/api/v1/probes/log%20in/runs?limit=1");
  EXPECT_THAT(
      answer,
      HasSubstr(
          R"({"status":"success","data":{"runs":[{"id":"6b0ec3400123456789abcdef01234567","probe":"chat","kind":"chat","target":"staging","verdict":"fail","step":"events","reason":"missing_event","detail":"say \"when\"","ended":"2026-12-01T12:00:00.000Z","seconds":1.250000,"attempt":1,"excluded":false,"recorded":true,"phases":{"connect":0.004000}}],"next":"41"}})"));
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].check, "chat/log in/staging");
}

TEST_F(RunRoutesTest, TheLastPageNamesNoNext) {
  start();
  EXPECT_THAT(get("/api/v1/runs"), AllOf(HasSubstr(" 200 "), testing::Not(HasSubstr("next"))));
}

TEST_F(RunRoutesTest, TheRunsOfAProbeOfAnotherShardAreThere) {
  hooks.elsewhere = [](const CheckNames& names) {
    return std::string(names.probe == "upgrade" ? "shard 1 of 3 does" : "");
  };
  start();
  EXPECT_THAT(
      get("/api/v1/probes/upgrade/runs"),
      AllOf(HasSubstr(" 404 "), HasSubstr("this daemon runs no 'upgrade'; shard 1 of 3 does")));
  EXPECT_THAT(get("/api/v1/probes/chatt/runs"), HasSubstr("did you mean 'chat'?"));
}

TEST_F(RunRoutesTest, SaysWhatIsWrongWithARequest) {
  start();
  EXPECT_THAT(get("/api/v1/probes/chatt/runs"),
              AllOf(HasSubstr(" 404 "), HasSubstr("did you mean 'chat'?")));
  EXPECT_THAT(get("/api/v1/probes/chat"), HasSubstr(" 404 "));
  EXPECT_THAT(get("/api/v1/runs?limit=x"),
              AllOf(HasSubstr(" 400 "), HasSubstr(R"("errorType":"bad_data")")));
  EXPECT_THAT(get("/api/v1/runs/..%2f..%2fetc"), HasSubstr(" 400 "));
  EXPECT_THAT(get("/api/v1/runs", "Content-Length: 0\r\n", "POST"), HasSubstr(" 405 "));
}

TEST_F(RunRoutesTest, ShowsARunWithItsTranscriptAndTheOneBefore) {
  found = RunTranscript{a_run(), R"({"probe":"chat"})", "00000000000000000000000000000001"};
  start();
  EXPECT_THAT(one(), AllOf(HasSubstr(R"("transcript":{"probe":"chat"},)"),
                           HasSubstr(R"("passed":"00000000000000000000000000000001"}})")));
}

TEST_F(RunRoutesTest, ShowsARunOfWhichNoTranscriptWasKept) {
  found = RunTranscript{a_run(), "", ""};
  start();
  EXPECT_THAT(one(), AllOf(HasSubstr(" 200 "), HasSubstr(R"("transcript":null,"passed":null)")));
  EXPECT_THAT(one("?format=har"), AllOf(HasSubstr(" 404 "), HasSubstr("was not kept")));
}

TEST_F(RunRoutesTest, ATranscriptCanBeDownloaded) {
  found = RunTranscript{a_run(), as_json(made_chat().result()), ""};
  start();
  EXPECT_THAT(one("?format=har"),
              AllOf(HasSubstr("Content-Disposition: attachment; "
                              "filename=\"sonde-6b0ec3400123456789abcdef01234567.har\""),
                    HasSubstr(R"({"log":{"version":"1.2")")));
  EXPECT_THAT(one("?format=transcript"), AllOf(HasSubstr("6b0ec3400123456789abcdef01234567.json\""),
                                               HasSubstr("\r\n\r\n{\"probe\":\"chat\"")));
  EXPECT_THAT(one("?format=pdf"), HasSubstr(" 400 "));
}

TEST_F(RunRoutesTest, ARunThatIsNotThereIsNotFound) {
  start();
  EXPECT_THAT(one(), AllOf(HasSubstr(" 404 "), HasSubstr(R"("errorType":"not_found")")));
}

TEST_F(RunRoutesTest, AStoreThatCannotAnswerIsUnavailable) {
  found = std::unexpected("the disk is gone");
  hooks.runs = [](const RunQuery&, const auto& done) { done(std::unexpected("the disk is gone")); };
  start();
  EXPECT_THAT(one(), AllOf(HasSubstr(" 503 "), HasSubstr("the disk is gone")));
  EXPECT_THAT(get("/api/v1/runs"), AllOf(HasSubstr(" 503 "), HasSubstr("the disk is gone")));
}

TEST_F(RunRoutesTest, WithoutAStoreTheAnswerSaysWhy) {
  hooks.runs = nullptr;
  hooks.run = nullptr;
  start();
  for (const std::string path : {"/api/v1/runs", "/api/v1/probes/chat/runs"})
    EXPECT_THAT(get(path), AllOf(HasSubstr(" 503 "), HasSubstr("no storage.path"))) << path;
  EXPECT_THAT(one(), AllOf(HasSubstr(" 503 "), HasSubstr("no storage.path")));
}

}  // namespace
}  // namespace sonde::web::run_routes_test
