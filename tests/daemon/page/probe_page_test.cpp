#include "daemon/page/probe_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/core/change.hpp"
#include "daemon/page/incidents_page.hpp"
#include "daemon/page/public_page.hpp"
#include "tests/daemon/page/hand_overview.hpp"

namespace sonde::page::probe_page_test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using testing::HasSubstr;
using testing::Not;

RunRow passed_run(WallTime ended, Span took) {
  return {
      .row = 7,
      .id = std::string(32, 'c'),
      .ended = ended,
      .took = took,
      .verdict = Verdict::pass(),
      .recorded = true,
      .phases = {{Phase::connect, took / 4}, {Phase::login, took}, {Phase::first_byte, took / 2}}};
}

TEST(ProbeQuery, ReadsWhatItKnowsAndIgnoresOtherParameters) {
  const auto query = *ProbeQuery::read("range=7d&outcome=fail&reason=stalled&before=42&x=1");
  EXPECT_EQ(query.range, hours(168));
  EXPECT_EQ(query.text(), "range=7d&outcome=fail&reason=stalled&before=42");
  const RunQuery asked = query.list(*make_check("chat"));
  EXPECT_EQ(asked.check, "chat/chat/staging");
  EXPECT_EQ(asked.outcome, Outcome::fail);
  EXPECT_EQ(asked.step, std::nullopt);
  EXPECT_EQ(asked.reason, Reason::stalled);
  EXPECT_EQ(asked.before, 42);
  EXPECT_EQ(ProbeQuery::read("range=6h&outcome=&reason=")->text(), "range=6h") << "an empty form";
}

TEST(ProbeQuery, TakesAReasonAsThePagePrintsIt) {
  const auto query = *ProbeQuery::read("reason=+events%2Fforeign_event+");
  const RunQuery asked = query.list(*make_check("chat"));
  EXPECT_EQ(asked.step, Step::events);
  EXPECT_EQ(asked.reason, Reason::foreign_event);
  EXPECT_EQ(ProbeQuery::read(query.text())->text(), query.text());
}

TEST(ProbeQuery, RefusesAWrongValueAndSaysWhatIsAllowed) {
  for (const auto& [query, words] :
       {std::pair("outcome=bad", "outcome: \"bad\" is not pass, fail, inconclusive or skipped."),
        std::pair("reason=zzz", "reason: \"zzz\" is not a reason, such as stalled"),
        std::pair("reason=nowhere/stalled", "is not a reason"),
        std::pair("range=99d", "range: \"99d\" is not 6h, 24h or 7d."),
        std::pair("before=-1", "before: \"-1\" is not"),
        std::pair("before=7x", "before: \"7x\"")}) {
    const auto read = ProbeQuery::read(query);
    ASSERT_FALSE(read) << query;
    EXPECT_THAT(read.error(), HasSubstr(words));
  }
}

struct ProbePageTest : testing::Test, HandOverview {
  ProbeView view_of(const CheckPtr& check) const {
    return {.now = noon,
            .version = "1",
            .facts = facts_of(view, check, noon),
            .query = {},
            .days = view.days(*check, 90, {}),
            .failures = view.failures(*check, hours(24), {})};
  }
};

TEST_F(ProbePageTest, SaysTheStateAndTheFailuresByReason) {
  const auto check = add_failing("chat", Step::events, Reason::stalled);
  view.of(check).failures.groups = {{.step = Step::events,
                                     .reason = Reason::stalled,
                                     .count = 12,
                                     .first = noon - hours(1),
                                     .last = noon}};
  const std::string page = probe_page(view_of(check));
  EXPECT_THAT(page, HasSubstr("<b>events/stalled</b>"));
  EXPECT_THAT(page, HasSubstr("?outcome=fail&amp;reason=events/stalled"));
  EXPECT_THAT(page, HasSubstr("<td>12</td>"));
  EXPECT_THAT(page, HasSubstr("what the run saw"));
}

TEST_F(ProbePageTest, ShowsTheAlertsThatFireThoughTheProbePasses) {
  ProbeView shown = view_of(add_passing("login"));
  shown.firing = {alert("SlowLogin", "warning", "staging", "login takes 9 s")};
  EXPECT_THAT(probe_page(shown), HasSubstr("<b>SlowLogin</b>"));
  EXPECT_THAT(probe_page(shown), HasSubstr("login takes 9 s"));
}

TEST_F(ProbePageTest, ListsRunsWithLinksToThoseThatAreRecorded) {
  ProbeView shown = view_of(add_passing("chat"));
  shown.list = {passed_run(noon, milliseconds(200)), passed_run(noon, milliseconds(100))};
  shown.list[1].recorded = false;
  shown.list[1].verdict = Verdict::of(Step::answer, {Reason::answer_wrong, "<b>41</b>"});
  shown.page_size = 2;
  const std::string page = probe_page(shown);
  EXPECT_THAT(page, HasSubstr("<a href=\"/runs/" + std::string(32, 'c') + "\">transcript</a>"));
  EXPECT_THAT(page, HasSubstr("<b>answer/answer_wrong</b> &lt;b&gt;41&lt;/b&gt;"));
  EXPECT_THAT(page, HasSubstr("?range=6h&amp;before=7#runs")) << "there may be older ones";
}

TEST_F(ProbePageTest, SaysWhyThereAreNoRuns) {
  ProbeView shown = view_of(add_passing("chat"));
  shown.store_error = "the disk is full";
  EXPECT_THAT(probe_page(shown), HasSubstr("the disk is full"));
}

TEST(LatencyChart, HasQuantilesPhasesAndShades) {
  std::vector<RunRow> runs;
  for (int i = 0; i < 100; ++i)
    runs.push_back(passed_run(noon - minutes(1 + i), milliseconds(i + 1)));
  runs[5].verdict = Verdict::of(Step::login, {Reason::timeout, ""});
  const std::vector<Shade> shades = {{noon - hours(1), noon - minutes(30)}};
  const std::string chart = latency_chart(runs, shades, noon - hours(6), noon);
  EXPECT_THAT(chart, HasSubstr("Duration of 100 runs: median 50.0 ms, 95th percentile 95.0 ms."));
  EXPECT_THAT(chart, HasSubstr("<rect class=\"incident\" x=\"600.0\" y=\"0\" width=\"60.0\""));
  EXPECT_THAT(chart, HasSubstr("class=\"phase-connect\""));
  EXPECT_THAT(chart, Not(HasSubstr("class=\"phase-login\""))) << "it encloses the others";
  EXPECT_THAT(chart, HasSubstr("class=\"p95\" d=\"M"));
  EXPECT_THAT(chart, HasSubstr("<rect class=\"fail\""));
}

TEST(LatencyChart, LeavesOutWhatHasNoVerdictAndWhatIsOutside) {
  std::vector<RunRow> runs = {passed_run(noon + minutes(1), milliseconds(1)),
                              passed_run(noon - hours(7), milliseconds(1)),
                              passed_run(noon - hours(1), milliseconds(1))};
  runs[2].verdict = Verdict::of(Step::login, {Reason::own_dns, ""});
  EXPECT_THAT(latency_chart(runs, {}, noon - hours(6), noon), HasSubstr("No run in this time."));
}

TEST(IncidentsPage, SaysWhoWasNotifiedAndWhoAcknowledged) {
  AlertRecord record{.labels = {{"alertname", "AuthOutage"},
                                {"severity", "critical"},
                                {"target", "staging"},
                                {"probe", "login"}},
                     .summary = "login <failed>",
                     .starts = noon - hours(3),
                     .ended = noon - hours(1),
                     .notifications = {{.receiver = "pager",
                                        .firing = true,
                                        .first = noon - hours(3),
                                        .last = noon - hours(2),
                                        .count = 3},
                                       {.receiver = "pager",
                                        .firing = false,
                                        .first = noon - hours(1),
                                        .last = noon - hours(1),
                                        .count = 1}},
                     .acknowledged = Acknowledgement{.by = "ann", .comment = "on it", .at = noon}};
  const std::string page = incidents_page({.now = noon, .version = "1", .records = {record}});
  EXPECT_THAT(page, HasSubstr("No alert fires now"));
  EXPECT_THAT(page, HasSubstr("login &lt;failed&gt;"));
  EXPECT_THAT(page, HasSubstr("lasted 2 h 0 min"));
  EXPECT_THAT(page, HasSubstr("pager was sent the alert at"));
  EXPECT_THAT(page, HasSubstr("3 times until"));
  EXPECT_THAT(page, HasSubstr("pager was sent the end at"));
  EXPECT_THAT(page, HasSubstr("acknowledged by ann"));
  record.ended.reset();
  record.notifications.clear();
  const std::string firing = incidents_page({.now = noon, .version = "1", .records = {record}});
  EXPECT_THAT(firing, HasSubstr("One alert fires"));
  EXPECT_THAT(firing, HasSubstr("nobody was notified"));
}

struct PublicPageTest : testing::Test, HandOverview {};

TEST_F(PublicPageTest, ShowsTheChosenTargetsAndNothingFromInside) {
  const auto check = view.add(make_check("login", "shop", "secret-probe"));
  fails(check, Step::login, Reason::credentials);
  add_passing("chat", "hidden-target");
  alert("A", "critical", "shop", "internal summary");
  const std::string page = public_page(facts(), {.targets = {"shop"}, .title = "Shop <status>"});
  EXPECT_THAT(page, HasSubstr("Shop &lt;status&gt;: Something does not work."));
  EXPECT_THAT(page, HasSubstr("Not everything works since 11:30 UTC."));
  for (const char* inside : {"secret-probe", "hidden-target", "credentials", "what the run saw",
                             "internal summary", "fra1", "1.2.3", "href=", "<script"})
    EXPECT_THAT(page, Not(HasSubstr(inside))) << inside;
}

TEST_F(PublicPageTest, AShardSpeaksOfWhatItChecks) {
  add_passing("login", "shop");
  EXPECT_THAT(public_page(facts(), {.targets = {"shop"}}), HasSubstr("Everything works."));
  EXPECT_THAT(public_page(facts(), {.targets = {"shop"}}), Not(HasSubstr("monitors")));
  sources.shard = {.index = 1, .count = 3, .replicas = 1};
  const std::string of_shard = public_page(facts(), {.targets = {"shop"}});
  EXPECT_THAT(of_shard, HasSubstr("Status: What is checked here works."));
  EXPECT_THAT(of_shard, HasSubstr("Shows what one of several monitors checks."));
}

TEST_F(PublicPageTest, SaysWhatACriticalAlertMeansWhileAllBoxesWork) {
  add_passing("login", "shop");
  const auto page = [&] { return public_page(facts(), {.targets = {"shop"}}); };
  alert("Slow", "critical", "shop", "login takes 9 s").of = "latency";
  EXPECT_THAT(page(), HasSubstr("Status: It is slow."));
  EXPECT_THAT(page(), HasSubstr("<p>It has been slow since 11:55 UTC.</p>"));
  alert("Low", "critical", "shop", "success 50 %").of = "auth_success";
  EXPECT_THAT(page(), HasSubstr("Status: Some requests fail."));
  EXPECT_THAT(page(), HasSubstr("<p>Some requests have failed since 11:55 UTC.</p>"));
  for (const char* other : {"Everything works", "does not work", "Not everything works"})
    EXPECT_THAT(page(), Not(HasSubstr(other)));
}

TEST_F(PublicPageTest, WhatUsersDoNotNoticeNowIsNoProblem) {
  add_passing("login", "shop");
  alert("AuthOutage", "critical", "shop", "login passes again").cleared = noon - minutes(1);
  alert("CertificateExpiry", "critical", "shop", "expires in 2d").of = "certificate_expiry";
  alert("Low", "warning", "shop", "success 95 %").of = "auth_success";
  EXPECT_THAT(public_page(facts(), {.targets = {"shop"}}), HasSubstr("Status: Everything works."));
}

TEST_F(PublicPageTest, IsUnderMaintenanceWhereAWindowCoversAllThatFails) {
  add_failing("login", Step::login, Reason::server_error, "shop");
  add_failing("chat", Step::answer, Reason::answer_wrong, "shop");
  const auto page = [&] { return public_page(facts(), {.targets = {"shop"}}); };
  sources.maintained = [](const Check& check) { return check.name == "login" ? "upgrade" : ""; };
  EXPECT_THAT(page(), HasSubstr("Not everything works since 11:30 UTC."));
  EXPECT_THAT(page(), Not(HasSubstr("Maintenance")));
  passes(view.checks()[1]);
  EXPECT_THAT(page(), HasSubstr("<p>Maintenance is under way.</p>"));
  EXPECT_THAT(page(), HasSubstr("Status: Maintenance is under way."));
  passes(view.checks()[0]);
  EXPECT_THAT(page(), HasSubstr("Status: Everything works."));
}

TEST_F(PublicPageTest, SaysWhenInATimeThatStaysTrueWithoutAScript) {
  add_passing("login", "shop");
  const std::string page = public_page(facts(), {.targets = {"shop"}});
  EXPECT_THAT(page, HasSubstr(">11:59:57 UTC</time>."));
  EXPECT_THAT(page, Not(HasSubstr(" ago")));
}

TEST_F(PublicPageTest, UnknownIsNotGreen) {
  view.add("login", "shop");
  const std::string page = public_page(facts(), {.targets = {"shop"}});
  EXPECT_THAT(page, HasSubstr("The state is not known now."));
  EXPECT_THAT(page, Not(HasSubstr("Everything works")));
}

TEST(ReadLogo, TakesImagesAlone) {
  PublicSettings settings{.logo = "/etc/passwd"};
  EXPECT_FALSE(read_logo(settings));
  settings.logo = "/nonexistent.svg";
  EXPECT_FALSE(read_logo(settings));
  settings.logo = SONDE_SOURCE_DIR "/daemon/page/icon.svg";
  EXPECT_TRUE(read_logo(settings));
  EXPECT_EQ(settings.logo_type, "image/svg+xml");
}

}  // namespace
}  // namespace sonde::page::probe_page_test
