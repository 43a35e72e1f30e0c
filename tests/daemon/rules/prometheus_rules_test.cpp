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
              AllOf(HasSubstr("probe_target_step:sonde_auth_window_attempts:sum10m"),
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
              AllOf(HasSubstr("probe_target:sonde_probe_runs:increase20m"),
                    HasSubstr("increase(sonde_probe_failures_total[20m])"),
                    Not(HasSubstr("window=\"20m\""))));
}

TEST(PrometheusRules, LeaveOutWhatACounterGrewByUnderMaintenance) {
  const std::string left_out =
      "unless on (job, instance, probe, kind, target) "
      "(max_over_time(sonde_maintenance_active[20m]) == 1)";
  EXPECT_THAT(rules_of("{ of: probe_success, below: 90%, over: 20m }"), HasSubstr(left_out));
  EXPECT_THAT(alert_of("{ of: reason, reasons: [server_error], above: 3, over: 20m }"),
              HasSubstr(left_out));
}

TEST(PrometheusRules, CompareWholeNumbersAndClearWhereTheDaemonDoes) {
  EXPECT_THAT(
      alert_of("{ of: auth_success, below: 90%, over: 10m, min_samples: 12, min_failures: 3 }"),
      AllOf(HasSubstr("10 * probe_target_step:sonde_auth_window_failures:sum10m > "
                      "probe_target_step:sonde_auth_window_attempts:sum10m"),
            HasSubstr("attempts:sum10m >= 12"), HasSubstr("failures:sum10m >= 3"),
            HasSubstr("100 * probe_target_step:sonde_auth_window_failures:sum10m <= 7 * ")));
}

TEST(PrometheusRules, NeedEveryWindowToFire) {
  EXPECT_THAT(alert_of("{ of: auth_success, below: 90%, over: [10m, 30m] }"),
              AllOf(HasSubstr("sum10m"), HasSubstr("and 10 * ") /* of 30m */, HasSubstr("sum30m")));
}

TEST(PrometheusRules, HoldWhatFiresUntilItIsProvenWell) {
  EXPECT_THAT(alert_of("{ of: probe_success, below: 90%, labels: { team: chat } }"),
              AllOf(HasSubstr("max without (alertname, alertstate, severity, sonde_rule, team) "
                              "(ALERTS{alertname=\"A\", alertstate=\"firing\"})"),
                    HasSubstr("and on (probe, kind, target) probe_target:sonde_probe_known:last")));
}

TEST(PrometheusRules, SumTheProbesOfATarget) {
  EXPECT_THAT(alert_of("{ of: probe_success, below: 90%, by: target }"),
              AllOf(HasSubstr("sum without (probe, kind) (probe_target:"),
                    HasSubstr("and on (target) probe_target:sonde_probe_known:last")));
}

TEST(PrometheusRules, SelectByProbeKindTargetAndEvent) {
  EXPECT_THAT(alert_of("{ of: event_delivery, event: tool_completed, below: 99%, "
                       "where: { kind: [chat], target: staging } }"),
              HasSubstr(R"({kind="chat", target="staging", event="tool_completed"})"));
}

TEST(PrometheusRules, BurnInBothWindowsOfAPair) {
  EXPECT_THAT(alert_of("{ of: burn_rate, rate: auth_success, objective: 99.5% }"),
              AllOf(HasSubstr("1000 * probe_target_step:sonde_auth_window_failures:sum1h > 72 * "),
                    HasSubstr("1000 * probe_target_step:sonde_auth_window_failures:sum5m > 72 * "),
                    HasSubstr("100 * probe_target_step:sonde_auth_window_failures:sum6h > 3 * "),
                    HasSubstr("failures:sum1h >= 3")));
}

TEST(PrometheusRules, AskEverythingElseOfItsOwnSeries) {
  EXPECT_THAT(alert_of("{ of: latency, measure: first_event, above: 2s, over: 10m }"),
              HasSubstr("histogram_quantile(0.95, sum without (instance, pod, location) "
                        "(increase(sonde_chat_first_event_seconds_bucket[10m]))) > 2\n"));
  EXPECT_THAT(alert_of("{ of: consecutive_failures, above: 4 }"),
              HasSubstr("(sonde_probe_consecutive_failures) > 4"));
  EXPECT_THAT(alert_of("{ of: certificate_expiry }"), HasSubstr("- time() < 1209600"));
  EXPECT_THAT(
      alert_of("{ of: reason, reasons: [no_refusal, auth_fail_open] }"),
      HasSubstr(R"(increase(sonde_probe_failures_total{reason=~"no_refusal|auth_fail_open"}[)"));
  EXPECT_THAT(alert_of("{ of: false_green }"),
              HasSubstr(R"((sonde_probe_success{kind="health"}) == 1)"));
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
              AllOf(HasSubstr("- alert: ANoData"), HasSubstr("_timestamp_seconds) > 3600")));
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

TEST(PrometheusRules, AreTheSameForTheSameAlerts) {
  EXPECT_EQ(rules_of("{ of: auth_success, below: 90% }"),
            rules_of("{ of: auth_success, below: 90% }"));
}

}  // namespace
}  // namespace sonde::rules::prometheus_rules_test
