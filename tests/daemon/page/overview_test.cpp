#include "daemon/page/overview.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/page/chart.hpp"
#include "daemon/page/html.hpp"
#include "tests/daemon/page/hand_overview.hpp"

namespace sonde::page::overview_test {
namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

struct OverviewTest : testing::Test, HandOverview {
  std::string page(const std::string& wanted = "") {
    OverviewFacts all = facts();
    const Headline top = headline_of(all);
    filter(all, wanted);
    return overview_page(all, top, wanted);
  }
};

std::vector<std::string> names_of(const OverviewFacts& facts) {
  std::vector<std::string> names;
  for (const TargetFacts& target : facts.targets) names.push_back(target.name);
  return names;
}

TEST_F(OverviewTest, ShowsFailingTargetsFirstAndTheOthersAsPeopleSort) {
  for (const char* name : {"web10", "web2", "web1"}) add_passing("login", name);
  add_failing("login", Step::login, Reason::credentials, "zoo");
  EXPECT_THAT(names_of(facts()), ElementsAre("zoo", "web1", "web2", "web10"));
}

TEST_F(OverviewTest, ABrokenStepHasWordsShapeProofAndTheTime) {
  add_passing("login");
  add_failing("chat", Step::answer, Reason::answer_wrong);
  const std::string html = page();
  EXPECT_THAT(html, HasSubstr(R"(<li class="failing"><a href="/probes/chat/staging">)"));
  EXPECT_THAT(html, HasSubstr("fails: answer_wrong"));
  EXPECT_THAT(html, HasSubstr("The answer is not the expected one."));
  EXPECT_THAT(html, HasSubstr("what the run saw"));
  EXPECT_THAT(html, HasSubstr("11:30 UTC"));
  EXPECT_THAT(html, HasSubstr("from fra1"));
}

TEST_F(OverviewTest, SaysWhichShardIsShownAndWhetherItKnowsThePast) {
  add_passing("login");
  EXPECT_THAT(page(), Not(HasSubstr("shard")));
  EXPECT_THAT(page(), HasSubstr("none at the start: rates and alerts began then"));
  sources.shard = {.index = 1, .count = 3, .replicas = 2};
  sources.monitor.probes_at_start = 5;
  sources.monitor.restored = 4;
  EXPECT_THAT(page(), HasSubstr("from fra1, shard 1 of 3 (each probe is run by 2)."));
  EXPECT_THAT(page(), HasSubstr("restored for 4 of 5 probes"));
}

TEST_F(OverviewTest, TextsOfATargetAreTextsAndInOneVisibleLine) {
  const auto check = add_failing("login", Step::login, Reason::credentials, "<b>t</b>");
  view.of(check).standing.failing->detail = "<script>alert(1)</script>\x1b[2J\n\u202e\x9b'\"";
  alert("A", "critical", "<b>t</b>", "<img src=x onerror=alert(2)>").annotations["runbook_url"] =
      "javascript:alert(3)";
  const std::string html = page("\"><script>");
  for (const char* live : {"<script>alert", "<b>t", "<img", "href=\"javascript", "\"><script>"})
    EXPECT_THAT(html, Not(HasSubstr(live)));
  EXPECT_THAT(
      page(),
      HasSubstr(R"(&lt;script&gt;alert(1)&lt;/script&gt;\x1b[2J\n\u{202e}\x9b&apos;&quot;)"));
}

TEST_F(OverviewTest, AuthSuccessHasItsSamplesWindowGoalAndDay) {
  const auto check = add_passing("login");
  view.tally(check, {.of = RateOf::auth, .step = Step::login}, std::chrono::seconds(300), {45, 27});
  view.tally(check, {.of = RateOf::auth, .step = Step::login}, hours(24), {450, 8});
  sources.auth_goal = [](const Check&) {
    return AuthGoal{.share = 900'000, .window = std::chrono::seconds(300)};
  };
  EXPECT_THAT(page(), HasSubstr("<b class=\"low\">40.0 %</b><small>18 of 45 in 5m, goal 90 %<br>"
                                "24h: 98.2 % (442 of 450)</small>"));
  view.tally(check, {.of = RateOf::auth, .step = Step::login}, std::chrono::seconds(300), {10, 1});
  EXPECT_THAT(page(), HasSubstr("<b class=\"fine\">90.0 %</b>")) << "exactly the goal is not low";
}

TEST_F(OverviewTest, SamplesOfSeveralProbesOfATargetAreAdded) {
  for (int i = 0; i < 2; ++i) {
    const auto check = view.add(make_check("login", "staging", "login" + std::to_string(i)));
    view.tally(check, {.of = RateOf::auth, .step = Step::login}, {10, 1});
  }
  EXPECT_EQ(facts().targets.at(0).auth.at(0).day, (Tally{20, 2}));
}

TEST_F(OverviewTest, EveryEventHasItsBar) {
  const auto check = add_passing("chat");
  view.tally(check, {.of = RateOf::delivery, .step = {}, .event = "tool_completed"}, {10, 5});
  EXPECT_THAT(page(), HasSubstr("<th scope=\"row\">tool_completed</th>"));
  EXPECT_THAT(page(), HasSubstr("<td>50.0 %</td>"));
  EXPECT_THAT(page(), HasSubstr("<td>no data</td>"));
}

TEST_F(OverviewTest, AlertsAreShownWithTheirTextAndThoseAboutSondeApart) {
  add_passing("login");
  alert("Low", "warning", "staging", "the login is slow").acknowledged = "by ann";
  alert("SondeBlind", "warning", "", "Sonde sees nothing");
  EXPECT_THAT(page(), HasSubstr("the login is slow"));
  EXPECT_THAT(page(), HasSubstr("acknowledged by ann"));
  EXPECT_EQ(facts().own.size(), 1u);
  sources.alerts.front().state = AlertState::pending;
  EXPECT_THAT(page(), Not(HasSubstr("the login is slow")));
}

TEST_F(OverviewTest, AnAlertLeadsToThePageOfItsProbe) {
  passes(view.add(make_check("login", "staging", "my login")));
  alert("Low", "warning", "staging", "the login is slow").labels["probe"] = "my login";
  EXPECT_THAT(page(), HasSubstr("<a href=\"/probes/my%20login/staging\">my login</a></li>"));
}

TEST_F(OverviewTest, TheFilterFindsTargetsAndProbesWhateverTheCase) {
  add_passing("login", "Production");
  add_passing("chat", "staging");
  EXPECT_THAT(page("PROD"), HasSubstr("id=\"h-0\">Production<"));
  EXPECT_THAT(page("PROD"), Not(HasSubstr("id=\"h-0\">staging<")));
  EXPECT_THAT(page("chat"), HasSubstr("id=\"h-0\">staging<"));
  EXPECT_THAT(page("nothing"), HasSubstr("No target or probe has this in its name."));
  EXPECT_THAT(page("nothing"), HasSubstr("All 2 probes pass")) << "the headline is about all";
}

TEST_F(OverviewTest, TheMonitorsOwnProblemsAreSaid) {
  add_passing("login");
  sources.monitor.reload_error = "sonde.yaml:3: <x> is not a key here\n";
  sources.monitor.store = {.enabled = true, .degraded = true, .why = "no space"};
  sources.monitor.on_time = false;
  sources.monitor.undelivered = {"pager", "mail"};
  const std::string html = page();
  EXPECT_THAT(html, HasSubstr("sonde.yaml:3: &lt;x&gt; is not a key here</p>"));
  EXPECT_THAT(html, HasSubstr("The store loses rows: no space"));
  EXPECT_THAT(html, HasSubstr("more than five seconds late"));
  EXPECT_THAT(html, HasSubstr("Receiver pager has not taken an alert"));
  EXPECT_THAT(html, HasSubstr("Receiver mail has not taken an alert"));
}

TEST_F(OverviewTest, SaysSinceWhenItCountsItsOwnRuns) {
  add_passing("login");
  EXPECT_THAT(page(), HasSubstr("<dt>Runs, since the start</dt>"));
  sources.monitor.started = noon - hours(1);
  EXPECT_THAT(page(), HasSubstr("<dt>Runs, last hour</dt>"));
}

TEST_F(OverviewTest, MaintenanceAndDeploysAreMarked) {
  add_passing("login");
  sources.maintained = [](const Check&) { return "maintenance until 13:00Z: database upgrade"; };
  sources.deploys = {{.at = noon - hours(1), .target = "staging", .version = "v1.2", .by = "ci"},
                     {.at = noon - hours(2), .target = "", .version = "v1.1", .by = ""}};
  EXPECT_THAT(page(), HasSubstr(">maintenance until 13:00Z: database upgrade<"));
  EXPECT_THAT(page(), HasSubstr("deploy v1.2"));
  EXPECT_THAT(page(), HasSubstr("<b>v1.1</b> on all targets"));
}

TEST_F(OverviewTest, AMaintenanceOfSomeProbesNamesThem) {
  for (const char* kind : {"health", "login", "chat"}) add_passing(kind);
  sources.maintained = [](const Check& check) {
    return check.kind == "health" ? "" : "maintenance until 13:00Z: upgrade";
  };
  EXPECT_THAT(page(), HasSubstr(">login, chat: maintenance until 13:00Z: upgrade<"));
}

TEST_F(OverviewTest, AThousandProbesAreASmallPage) {
  for (int i = 0; i < 200; ++i)
    for (const char* kind : {"health", "login", "upgrade", "chat", "isolation"})
      add_passing(kind, "target-" + std::to_string(i));
  EXPECT_LT(page().size(), 600'000u);  // a tenth of it when compressed
}

TEST(DayStrip, DaysWithoutDataAreGreyAndNeverGreen) {
  std::vector<Tally> days(90);
  EXPECT_THAT(day_strip(days, noon), HasSubstr("<path class=\"none\" d=\"M0 9H359\"/></svg>"));
  EXPECT_THAT(day_strip(days, noon), Not(HasSubstr("class=\"good\"")));
  EXPECT_THAT(day_strip(days, noon),
              HasSubstr("0 without failures, 0 with failures, 90 without data."));
}

TEST(DayStrip, SaysTheWorstDay) {
  std::vector<Tally> days = {{}, {100, 0}, {100, 60}, {1000, 1}};
  const std::string strip = day_strip(days, noon);
  EXPECT_THAT(strip, HasSubstr("1 without failures, 2 with failures, 1 without data"));
  EXPECT_THAT(strip, HasSubstr("worst 2026-01-01: 40.0 % passed (40 of 100)"));
  EXPECT_THAT(strip, HasSubstr("class=\"bad\" d=\"M8 9H11\""));
  EXPECT_THAT(strip, HasSubstr("class=\"some\" d=\"M12 9H15\""));
}

TEST_F(OverviewTest, TheScriptCanLetTheRelativeTimesGoOn) {
  add_passing("login");
  EXPECT_THAT(page(), HasSubstr("<body data-now=\"2026-01-02T12:00:00"));
  EXPECT_THAT(page(), HasSubstr("<time datetime=\"2026-01-02T11:59:57"));
  EXPECT_THAT(page(), HasSubstr(" data-ago title=\"2026-01-02 11:59:57 UTC\">3 s ago</time>"));
}

TEST(Percent, RoundsDownAsTheTextsOfAlertsDo) {
  EXPECT_EQ(percent({22, 9}), "59.0 %");
  EXPECT_EQ(percent({100'000, 1}), "99.9 %");
  EXPECT_EQ(percent({100'000, 99'999}), "0.0 %");
  EXPECT_EQ(percent({10, 0}), "100 %");
  EXPECT_EQ(percent({10, 10}), "0 %");
  EXPECT_EQ(percent({}), "no data");
}

TEST(Relative, LinksLeadToTheRootFromWhereThePageIs) {
  const std::string page =
      R"(<a class="x" href="/runs/1"><img src="/a"><form action="/probe"><a href="#m"><input value="/x">)";
  EXPECT_EQ(
      relative(page, "/"),
      R"(<a class="x" href="./runs/1"><img src="./a"><form action="./probe"><a href="#m"><input value="/x">)");
  EXPECT_THAT(relative(page, "/incidents"), HasSubstr("href=\"./runs/1\""));
  EXPECT_THAT(relative(page, "/probes/login/staging"), HasSubstr("href=\"../../runs/1\""));
}

TEST(NaturalLess, ComparesNumbersByValue) {
  EXPECT_TRUE(natural_less("web2", "web10"));
  EXPECT_FALSE(natural_less("web10", "web2"));
  EXPECT_TRUE(natural_less("Web2", "web03"));
  EXPECT_TRUE(natural_less("a", "a1"));
  EXPECT_FALSE(natural_less("a", "a"));
  EXPECT_TRUE(natural_less("a01", "a1") != natural_less("a1", "a01")) << "an order of all names";
}

}  // namespace
}  // namespace sonde::page::overview_test
