#include "daemon/rules/prometheus_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/config/helpers.hpp"
#include "tests/daemon/core/hand_view.hpp"

namespace sonde::rules::prometheus_rules_test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// The alert A.
std::vector<alert::RuleSettings> alert(const std::string& entry) {
  HandView view;
  for (const std::string kind : {"health", "login", "upgrade", "chat"}) view.add(kind);
  config::Mistakes mistakes;
  std::map<std::string, alert::RuleSettings> entries;
  const auto root = config::parse("alerts:\n  A: " + entry, "s.yaml", mistakes);
  const config::Reader reader = config::Reader(mistakes).at("alerts");
  config::Codec<std::map<std::string, alert::RuleSettings>>::read(*root->find("alerts"), reader,
                                                                  {.filled = true}, entries);
  auto rules = make_rules(entries, *root, view.checks(), mistakes);
  EXPECT_EQ(config::lines(mistakes), "");
  return rules;
}

// What the rules say is proven by promtool on the shipped ones
// (tests/end_to_end/endpoint_discovery_test.py); here is what of an entry reaches them.
std::string rules_of(const std::string& entry, const PrometheusPlace& place = {}) {
  return prometheus_rules(alert(entry), place);
}

// The part about it.
std::string alert_of(const std::string& entry) {
  const std::string all = rules_of(entry);
  const auto from = all.find("- alert: A\n");
  return all.substr(from, all.find("\n      - ", from + 1) - from);
}

TEST(PrometheusRules, CountInTheDaemonsOwnWindowsWhereItHasThem) {
  EXPECT_THAT(rules_of("{ of: auth_success, below: 90%, over: 10m }"),
              AllOf(HasSubstr("location_probe_target_step:sonde_auth_window_attempts:max10m"),
                    HasSubstr("sonde_auth_window_failures{window=\"10m\"}")));
}

TEST(PrometheusRules, OfLatenciesThatPrometheusCannotSeeAreToldOf) {
  EXPECT_THAT(prometheus_blind(alert("{ of: latency, above: 45s }")),
              ElementsAre("alerts.A.above: never fires in Prometheus, whose latencies end at 30 s; "
                          "use less"));
  EXPECT_THAT(prometheus_blind(alert("{ of: latency, above: 30s }")), SizeIs(1));
  EXPECT_THAT(prometheus_blind(alert("{ of: latency, above: 15s }")), IsEmpty());
  EXPECT_THAT(prometheus_blind(alert("{ of: auth_success, below: 90% }")), IsEmpty());
}

TEST(PrometheusRules, CountByIncreaseInWindowsOfOtherLengths) {
  EXPECT_THAT(rules_of("{ of: probe_success, below: 90%, over: 20m }"),
              AllOf(HasSubstr("location_probe_target:sonde_probe_runs:increase20m"),
                    HasSubstr("increase(sonde_probe_failures_total[20m])"),
                    Not(HasSubstr("window=\"20m\""))));
}

TEST(PrometheusRules, LeaveOutWhatACounterGrewByUnderMaintenance) {
  const std::string left_out =
      "unless on (job, instance, location, probe, kind, target) "
      "(max_over_time(sonde_maintenance_active[20m]) == 1)";
  EXPECT_THAT(rules_of("{ of: probe_success, below: 90%, over: 20m }"), HasSubstr(left_out));
  EXPECT_THAT(alert_of("{ of: reason, reasons: [server_error], above: 3, over: 20m }"),
              HasSubstr(left_out));
}

TEST(PrometheusRules, CompareWholeNumbersAndClearWhereTheDaemonDoes) {
  const std::string entry =
      "{ of: auth_success, below: 90%, over: 10m, min_samples: 12, min_failures: 3 }";
  EXPECT_THAT(rules_of(entry),
              AllOf(HasSubstr("10 * location_probe_target_step:sonde_auth_window_failures:max10m > "
                              "location_probe_target_step:sonde_auth_window_attempts:max10m"),
                    HasSubstr("attempts:max10m >= 12"), HasSubstr("failures:max10m >= 3")));
  EXPECT_THAT(
      alert_of(entry),
      HasSubstr("100 * location_probe_target_step:sonde_auth_window_failures:max10m <= 7 * "));
}

TEST(PrometheusRules, NeedEveryWindowToFire) {
  EXPECT_THAT(rules_of("{ of: auth_success, below: 90%, over: [10m, 30m] }"),
              AllOf(HasSubstr("max10m"), HasSubstr("and 10 * ") /* of 30m */, HasSubstr("max30m")));
}

TEST(PrometheusRules, FireWhereMoreThanHalfOfTheLocationsFail) {
  EXPECT_THAT(alert_of("{ of: auth_success, below: 90%, over: 10m }"),
              AllOf(HasSubstr("2 * count without (location, sonde_rule) "
                              "(location_probe_target:sonde_rule_beyond:group{sonde_rule=\"A\"}) > "
                              "count without (location) "
                              "(location_probe_target_step:sonde_auth_window_attempts:max10m)"),
                    HasSubstr(">= count without (location)")));
  for (const std::string& of : std::vector<std::string>{
           "latency, above: 2s", "consecutive_failures, above: 2", "false_green, above: 2",
           "reason, reasons: [server_error], above: 3"})
    EXPECT_THAT(
        alert_of("{ of: " + of + " }"),
        AllOf(HasSubstr("(location_probe_target:sonde_rule_failing:group{sonde_rule=\"A\"}) "
                        "> count without (location)"),
              HasSubstr(">= count without (location)")))
        << of;
}

TEST(PrometheusRules, FireWhereOneLocationMeetsWhatMustNeverHappenOrACertificateThatExpires) {
  for (const std::string& of :
       std::vector<std::string>{"reason, reasons: [auth_fail_open]", "certificate_expiry"})
    EXPECT_THAT(rules_of("{ of: " + of + " }"),
                AllOf(Not(HasSubstr("count without (location")),
                      Not(HasSubstr("- record: location_probe_target:sonde_rule_failing"))))
        << of;
}

TEST(PrometheusRules, HoldWhatFiresUntilItIsProvenWell) {
  EXPECT_THAT(alert_of("{ of: probe_success, below: 90%, labels: { team: chat } }"),
              AllOf(HasSubstr("max without (alertname, alertstate, severity, sonde_rule, team) "
                              "(ALERTS{alertname=\"A\", alertstate=\"firing\"})"),
                    HasSubstr("and on (probe, kind, target) probe_target:sonde_probe_known:last")));
}

TEST(PrometheusRules, SumTheProbesOfATarget) {
  EXPECT_THAT(alert_of("{ of: probe_success, below: 90%, by: target }"),
              AllOf(HasSubstr("sum without (probe, kind) (location_probe_target:"),
                    HasSubstr("and on (target) probe_target:sonde_probe_known:last")));
}

TEST(PrometheusRules, SelectByProbeKindTargetAndEvent) {
  EXPECT_THAT(alert_of("{ of: event_delivery, event: tool_completed, below: 99%, "
                       "where: { kind: [chat], target: staging } }"),
              HasSubstr(R"({kind="chat", target="staging", event="tool_completed"})"));
}

TEST(PrometheusRules, BurnInBothWindowsOfAPair) {
  const std::string failures = "location_probe_target_step:sonde_auth_window_failures:";
  const std::string rules = rules_of("{ of: burn_rate, rate: auth_success, objective: 99.5% }");
  for (const std::string& pair : std::vector<std::string>{
           "1000 * " + failures + "max1h > 72 * ", "1000 * " + failures + "max5m > 72 * ",
           "100 * " + failures + "max6h > 3 * ", failures + "max1h >= 3"})
    EXPECT_THAT(rules, HasSubstr(pair));
}

TEST(PrometheusRules, AskEverythingElseOfItsOwnSeries) {
  EXPECT_THAT(
      rules_of("{ of: latency, measure: first_event, above: 2s, over: 10m }"),
      HasSubstr("histogram_quantile(0.95, max by (job, location, probe, kind, target, step, "
                "event, reason, host_port, le) "
                "(increase(sonde_chat_first_event_seconds_bucket[10m]))) > 2\n"));
  EXPECT_THAT(rules_of("{ of: consecutive_failures, above: 4 }"),
              AllOf(HasSubstr("host_port, le) ((sonde_probe_consecutive_failures or "),
                    HasSubstr("sonde_probe_voting:group) > 4")));
  EXPECT_THAT(alert_of("{ of: certificate_expiry }"), HasSubstr("- time() < 1209600"));
  EXPECT_THAT(
      alert_of("{ of: reason, reasons: [no_refusal, auth_fail_open] }"),
      HasSubstr(R"(increase(sonde_probe_failures_total{reason=~"no_refusal|auth_fail_open"}[)"));
  EXPECT_THAT(
      alert_of("{ of: false_green }"),
      HasSubstr(
          R"(min by (job, location, target, step, event, reason, host_port, le) ((sonde_probe_success{kind="health"})"));
}

TEST(PrometheusRules, CarryWhatTheEntrySays) {
  EXPECT_THAT(
      alert_of("{ of: false_green, for: 90s, keep_firing_for: 10m, severity: critical, runbook: "
               "'https://r/A', labels: { team: chat }, annotations: { note: 'Not {{ good }}' } }"),
      AllOf(HasSubstr("for: 1m30s\n"), HasSubstr("keep_firing_for: 10m\n"),
            HasSubstr("severity: critical\n"), HasSubstr("team: chat\n"),
            HasSubstr("runbook_url: 'https://r/A'"),
            HasSubstr(R"(note: 'Not {{ "{{" }} good }}')")));
}

TEST(PrometheusRules, HoldBackWhatFailsBeforeItsOwnStep) {
  const std::string held = R"(kind="chat", step=~"login|upgrade|ready"})";
  EXPECT_THAT(rules_of("{ of: consecutive_failures, severity: critical }"),
              AllOf(HasSubstr("alert: SondeHeldBack"), HasSubstr("sonde_rule: A"), HasSubstr(held),
                    HasSubstr("and on (target, step) target_step:sonde_owned:critical")));
  EXPECT_THAT(rules_of("{ of: event_delivery, below: 90% }"), Not(HasSubstr("SondeHeldBack")));
  EXPECT_THAT(rules_of("{ of: reason, reasons: [auth_fail_open] }"),
              Not(HasSubstr("SondeHeldBack")));
}

TEST(PrometheusRules, TellOfMissingDataOnlyWhereTheEntryHasItsOwnTime) {
  EXPECT_THAT(rules_of("{ of: probe_success, below: 90%, no_data_after: 1h }"),
              AllOf(HasSubstr("- alert: ANoData"), HasSubstr("_timestamp_seconds)) > 3600")));
  EXPECT_THAT(rules_of("{ of: probe_success, below: 90% }"), Not(HasSubstr("NoData")));
  auto both = alert("{ of: probe_success, below: 90%, no_data_after: 1h }");
  both.push_back(alert("{ of: consecutive_failures }").at(0));
  both.back().name = "ANoData";
  EXPECT_THAT(prometheus_rules(both, {}), HasSubstr("- alert: ANoData_\n"))
      << "the name is the user's";
}

TEST(PrometheusRules, WatchTheDaemonItself) {
  const std::string rules =
      rules_of("{ of: certificate_expiry }", {.job = "probes", .runbooks = "https://r"});
  EXPECT_THAT(rules, HasSubstr("absent(up{job=\"probes\"})"));
  EXPECT_THAT(rules, HasSubstr("runbook_url: 'https://r/SondeDown.md'"));
  EXPECT_THAT(rules_of("{ of: certificate_expiry }"), Not(HasSubstr("runbook_url")));
  EXPECT_THAT(
      rules_of("{ of: certificate_expiry }", {.job = "probes", .runbooks = "https://{{r}}"}),
      HasSubstr(R"(https://{{ "{{" }}r}}/SondeDown.md)"));
  EXPECT_THAT(rules_of("{ of: false_green, runbook: 'https://r/x?page={{alert}}' }"),
              HasSubstr(R"(https://r/x?page={{ "{{" }}alert}})"));
}

TEST(PrometheusRules, TellDaemonsWithOneInstanceApartByTheirLocation) {
  for (const char* const entry :
       {"{ of: auth_success, below: 90% }", "{ of: consecutive_failures }",
        "{ of: reason, reasons: [auth_fail_open] }", "{ of: false_green }",
        "{ of: latency, measure: first_event, above: 2s, over: 10m }"})
    EXPECT_THAT(rules_of(entry),
                AllOf(HasSubstr("(job, instance, location"), Not(HasSubstr("instance)")),
                      Not(HasSubstr("instance, pod")), Not(HasSubstr("instance, probe")),
                      Not(HasSubstr("instance, le"))));
}

TEST(PrometheusRules, AreTheSameForTheSameAlerts) {
  EXPECT_EQ(rules_of("{ of: auth_success, below: 90% }"),
            rules_of("{ of: auth_success, below: 90% }"));
}

}  // namespace
}  // namespace sonde::rules::prometheus_rules_test
