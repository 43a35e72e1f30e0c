#include "daemon/alert/engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/alert/hand_view.hpp"

namespace sonde {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

Bound count(std::uint64_t n) { return {.share = {}, .span = {}, .count = n}; }

RuleSettings outage(std::string kind, Severity severity = Severity::critical) {
  RuleSettings rule;
  rule.name = kind + "_fails";
  rule.of = AlertOf::consecutive_failures;
  rule.above = count(2);
  rule.over = {};
  rule.keep_firing_for = minutes(5);
  rule.severity = severity;
  rule.where.kind = {std::move(kind)};
  rule.checksum = "1";
  return rule;
}

// A daemon's engine under a hand clock, with the probes of one target.
struct EngineTest : testing::Test {
  HandView view;
  WallTime now{seconds(1764080000)};
  std::string maintenance;  // of staging; empty: none
  bool blind = false;
  CheckPtr health = view.add("health"), login = view.add("login"), upgrade = view.add("upgrade"),
           chat = view.add("chat");
  std::vector<RuleSettings> rules = {outage("health"), outage("login"), outage("upgrade"),
                                     outage("chat")};
  std::unique_ptr<Engine> engine;
  std::map<std::string, std::string> notes;  // as the store keeps them

  EngineTest() { start(); }

  void start() {
    engine = std::make_unique<Engine>(
        view, EngineOptions{.external_url = "http://sonde:9811",
                            .runbook_base = "https://runbooks.example.com",
                            .suppressed = [this](const Check&, WallTime) { return maintenance; },
                            .blind = [this](WallTime) { return blind; },
                            .now = [this] { return now; }});
    engine->assign(rules);
    std::vector<Note> kept;
    for (const auto& [key, text] : notes) kept.push_back({"alert", key, text});
    engine->restore(kept);
  }
  void save() {
    for (auto& note : engine->take_notes())
      if (note.text.empty())
        notes.erase(note.key);
      else
        notes[note.key] = std::move(note.text);
  }
  void after(Span span) {
    for (const WallTime end = now + std::chrono::duration_cast<WallTime::duration>(span);
         now < end;) {
      now = std::min(now + seconds(15), end);
      for (const auto& check : view.checks()) view.of(check).standing.last_run = now;
      engine->evaluate();
    }
    save();
  }
  void fail(const CheckPtr& check, Step step, std::uint64_t row = 3) {
    FailureGroup group{step, Reason::server_error, row, now, now, "HTTP 500"};
    auto& told = view.of(check);
    told.failures.groups = {group};
    told.standing.last = Outcome::fail;
    told.standing.consecutive_failures = row;
    told.standing.failing_since = now;
    told.standing.failing = group;
  }
  void pass(const CheckPtr& check) {
    auto& told = view.of(check);
    told.standing.last = Outcome::pass;
    told.standing.consecutive_failures = 0;
    told.standing.failing.reset();
    told.standing.failing_since.reset();
  }
  void run(const CheckPtr& check, Verdict verdict) {
    view.of(check).standing.last_run = now;
    auto result = std::make_shared<Result>();
    result->check = check;
    result->verdict = std::move(verdict);
    engine->accept(result);
  }
  // Names of what fires by now and pages, without those of the daemon.
  std::vector<std::string> paging() const { return names(true, false); }
  std::vector<std::string> held() const { return names(false, false); }
  std::vector<std::string> ended() const { return names(true, true); }
  std::vector<std::string> names(bool told, bool over) const {
    std::vector<std::string> all;
    for (const auto& alert : engine->current())
      if (alert.told == told && alert.ended.has_value() == over && !alert.target.empty())
        all.push_back(alert.labels.at("alertname"));
    return all;
  }
  Alert find(const std::string& name) const {
    for (const auto& alert : engine->current())
      if (alert.labels.at("alertname") == name) return alert;
    ADD_FAILURE() << "no alert " << name;
    return {};
  }
};

TEST_F(EngineTest, AWatchdogFiresAlways) {
  after(seconds(15));
  const auto alerts = engine->current();
  ASSERT_EQ(alerts.size(), 1);
  EXPECT_EQ(alerts[0].labels, (Labels{{"alertname", "Watchdog"}, {"severity", "none"}}));
  EXPECT_TRUE(alerts[0].told);
}

TEST_F(EngineTest, PagesRightAfterTheRunThatSaysSo) {
  fail(chat, Step::events);
  run(chat, Verdict::of(Step::events, {Reason::stalled, ""}));
  EXPECT_THAT(paging(), ElementsAre("chat_fails"));
  const auto alert = find("chat_fails");
  EXPECT_EQ(alert.labels, (Labels{{"alertname", "chat_fails"},
                                  {"kind", "chat"},
                                  {"probe", "chat"},
                                  {"severity", "critical"},
                                  {"target", "staging"}}));
  EXPECT_EQ(alert.starts, now);
  EXPECT_EQ(alert.annotations.at("evidence_url"), "http://sonde:9811/failures/chat/staging");
  EXPECT_EQ(alert.annotations.at("runbook_url"), "https://runbooks.example.com/chat_fails.md");
  EXPECT_THAT(alert.annotations.at("summary"), HasSubstr("chat failed 3 times in a row"));
  EXPECT_EQ(alert.group, "target/staging");
}

TEST_F(EngineTest, ALoginOutageIsOnePage) {
  fail(login, Step::login);
  fail(upgrade, Step::login);
  fail(chat, Step::login);
  after(seconds(15));
  EXPECT_THAT(paging(), ElementsAre("login_fails"));
  EXPECT_THAT(held(), ElementsAre("chat_fails", "upgrade_fails"));
  EXPECT_THAT(find("login_fails").annotations.at("summary"),
              HasSubstr("; also chat_fails, upgrade_fails"));
}

TEST_F(EngineTest, ItsPageStaysOpenUntilTheWholeIncidentIsOver) {
  fail(login, Step::login);
  fail(chat, Step::login);
  after(seconds(15));
  pass(login);
  after(minutes(6));
  EXPECT_THAT(paging(), ElementsAre("login_fails"));
  EXPECT_THAT(find("login_fails").annotations.at("summary"), HasSubstr("; this has ended"));
  EXPECT_EQ(engine->facts().size(), 2);  // the watchdog, and chat_fails, truly
  pass(chat);
  after(minutes(6));
  EXPECT_THAT(paging(), ElementsAre());
  EXPECT_THAT(ended(), ElementsAre("login_fails"));
  after(minutes(15));
  EXPECT_THAT(ended(), ElementsAre());
}

TEST_F(EngineTest, AnotherTargetHasAnotherIncident) {
  const auto other = view.add("login", "production");
  engine->assign(rules);
  fail(login, Step::login);
  fail(other, Step::login);
  after(seconds(15));
  EXPECT_THAT(paging(), ElementsAre("login_fails", "login_fails"));
}

TEST_F(EngineTest, AHigherSeverityPagesAgain) {
  rules[1].severity = Severity::warning;
  engine->assign(rules);
  fail(login, Step::login);
  after(seconds(15));
  EXPECT_THAT(paging(), ElementsAre("login_fails"));
  fail(chat, Step::login);
  after(seconds(15));
  EXPECT_THAT(paging(), ElementsAre("chat_fails", "login_fails"));
}

TEST_F(EngineTest, MaintenanceHoldsThePageUntilItsEnd) {
  maintenance = "maintenance by bob: upgrade of the database";
  fail(login, Step::login);
  after(minutes(30));
  EXPECT_THAT(paging(), ElementsAre());
  for (const auto& facts : engine->facts())
    if (facts.labels.at("alertname") == "login_fails") {
      EXPECT_EQ(facts.held_by, maintenance);
    }
  maintenance.clear();
  after(seconds(15));
  EXPECT_THAT(paging(), ElementsAre("login_fails"));
  maintenance = "again";
  after(seconds(15));
  EXPECT_THAT(paging(), ElementsAre("login_fails"));
}

TEST_F(EngineTest, BlindnessIsOneAlertAndHoldsAllOthers) {
  fail(login, Step::login);
  after(seconds(15));
  blind = true;
  pass(login);
  fail(chat, Step::events);
  run(chat, Verdict::of(Step::events, {Reason::stalled, ""}));
  after(hours(1));
  EXPECT_THAT(paging(), ElementsAre("login_fails"));
  EXPECT_THAT(held(), ElementsAre());
  EXPECT_TRUE(find("SondeBlind").told);
  EXPECT_FALSE(find("SondeBlind").ended);
  blind = false;
  after(minutes(6));
  EXPECT_THAT(paging(), ElementsAre("login_fails"));  // for chat_fails, in the one incident
  EXPECT_THAT(held(), ElementsAre("chat_fails"));
  EXPECT_TRUE(find("SondeBlind").ended);
}

TEST_F(EngineTest, ACheckThatDoesNotRunIsOneAlertAndNotOneARule) {
  after(seconds(15));
  for (int i = 0; i < 10; ++i) {
    now += seconds(15);
    for (const auto& check : {health, login, upgrade}) view.of(check).standing.last_run = now;
    engine->evaluate();
  }
  EXPECT_THAT(paging(), ElementsAre("SondeStalled"));
  EXPECT_EQ(find("SondeStalled").labels.at("probe"), "chat");
  EXPECT_THAT(held(), ElementsAre("chat_fails"));
  EXPECT_EQ(find("chat_fails").annotations.at("summary").substr(0, 26),
            "no data of chat on staging");
  view.of(chat).standing.last = Outcome::pass;
  run(chat, Verdict::pass());
  EXPECT_THAT(paging(), ElementsAre());
}

TEST_F(EngineTest, AMachineThatSleptTakesNothingForSilent) {
  after(seconds(15));
  now += hours(8);
  engine->evaluate();
  EXPECT_THAT(paging(), ElementsAre());
}

TEST_F(EngineTest, AFiringAlertIsNotToldAnewAfterACrash) {
  fail(login, Step::login);
  after(minutes(3));
  const auto before = find("login_fails");
  now += hours(3);
  start();
  EXPECT_EQ(find("login_fails").starts, before.starts);
  EXPECT_EQ(find("login_fails").annotations, before.annotations);
  EXPECT_TRUE(find("login_fails").told);
  view.of(login).standing.last_run.reset();
  after(minutes(1));
  EXPECT_EQ(find("login_fails").starts, before.starts);
  EXPECT_FALSE(find("login_fails").ended);
}

TEST_F(EngineTest, APendingOneGoesOnAfterAShortOutage) {
  for (auto& rule : rules) rule.hold = minutes(10);
  start();
  fail(login, Step::login);
  after(minutes(5));
  now += minutes(4);
  start();
  after(minutes(1) + seconds(15));
  EXPECT_THAT(paging(), ElementsAre("login_fails"));
}

TEST_F(EngineTest, APendingOneIsForgottenAfterALongOutage) {
  for (auto& rule : rules) rule.hold = minutes(10);
  start();
  fail(login, Step::login);
  after(minutes(5));
  now += hours(1);
  start();
  after(minutes(2));
  EXPECT_THAT(paging(), ElementsAre());
}

TEST_F(EngineTest, AChangedRuleResolvesWhatItFired) {
  fail(login, Step::login);
  after(seconds(15));
  rules[1].checksum = "2";
  rules[1].above = count(9);
  engine->assign(rules);
  EXPECT_THAT(ended(), ElementsAre("login_fails"));
  after(minutes(1));
  start();  // and a crash right after it loses nothing
  EXPECT_THAT(ended(), ElementsAre("login_fails"));
  after(minutes(15));
  EXPECT_THAT(ended(), ElementsAre());
  EXPECT_EQ(notes.size(), 2);  // the clock and the watchdog
}

TEST_F(EngineTest, ARuleThatChangedWhileTheDaemonWasDownResolves) {
  fail(login, Step::login);
  after(seconds(15));
  rules[1].checksum = "2";
  rules[1].above = count(9);
  start();
  EXPECT_THAT(ended(), ElementsAre("login_fails"));
  EXPECT_THAT(paging(), ElementsAre());
}

TEST_F(EngineTest, AReloadThatChangesNothingChangesNoAlert) {
  fail(login, Step::login);
  after(minutes(1));
  const auto before = engine->current();
  engine->assign(rules);
  EXPECT_EQ(engine->current(), before);
}

TEST_F(EngineTest, ACertificateIsOneAlertAnEndpointAndSurvivesACrash) {
  RuleSettings rule;
  rule.name = "CertificateExpires";
  rule.of = AlertOf::certificate_expiry;
  rule.below = Bound{.share = {}, .span = hours(24 * 14), .count = {}};
  rule.over = {};
  rule.checksum = "1";
  rules = {rule};
  start();
  for (const auto& check : {login, chat})
    view.of(check).standing.certificates["a:443"] = 1764080000 + 86400;
  after(seconds(15));
  EXPECT_THAT(paging(), ElementsAre("CertificateExpires"));
  EXPECT_EQ(find("CertificateExpires").labels.at("endpoint"), "a:443");
  for (const auto& check : view.checks()) view.of(check).standing = {};
  start();
  engine->evaluate();
  EXPECT_THAT(paging(), ElementsAre("CertificateExpires"));
}

TEST_F(EngineTest, CountsWhatItEvaluatesAndWhatTellsTooLittle) {
  view.of(login).standing.last = Outcome::pass;
  after(seconds(30));
  const auto facts = engine->rule_facts();
  ASSERT_EQ(facts.size(), 4);
  EXPECT_EQ(facts[1].name, "login_fails");
  EXPECT_EQ(facts[1].severity, "critical");
  EXPECT_EQ(facts[1].evaluations, 2);
  EXPECT_EQ(facts[1].insufficient, 0);
  EXPECT_EQ(facts[3].insufficient, 2);
}

TEST_F(EngineTest, TheVersionChangesOnlyWithWhatReceiversAreToKnow) {
  after(seconds(15));
  const auto version = engine->version();
  after(minutes(5));
  EXPECT_EQ(engine->version(), version);
  fail(login, Step::login);
  after(seconds(15));
  EXPECT_NE(engine->version(), version);
}

TEST_F(EngineTest, RestoresNothingFromNotesThatAreNone) {
  notes["login_fails login/login/staging"] = "{\"state\":";
  notes["nobody"] = R"({"state":{"state":2}})";
  notes["login_fails login/login/staging2"] = R"({"state":{"state":2},"checksum":"1"})";
  start();
  after(seconds(15));
  EXPECT_THAT(paging(), ElementsAre());
  EXPECT_EQ(notes.size(), 2);
}

TEST(Engine, AsksForTheTimesThatItsRulesNeed) {
  HandView view;
  view.add("login");
  const auto chat = view.add("chat");
  RuleSettings rule;
  rule.of = AlertOf::latency;
  rule.measure = Timed::first_event;
  const std::vector<std::pair<CheckPtr, Timed>> wanted = {{chat, Timed::first_event}};
  EXPECT_EQ(timed_by({rule, rule, outage("chat")}, view.checks()), wanted);
}

}  // namespace
}  // namespace sonde
