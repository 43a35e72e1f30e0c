#include "daemon/rules/prometheus_own.hpp"

#include <fmt/format.h>

#include "daemon/rules/prometheus_text.hpp"
#include "daemon/rules/promql.hpp"

namespace sonde::rules {
namespace {

using namespace std::chrono_literals;

struct OwnRow {
  std::string_view alert;
  std::string_view expr;  // [job]: a matcher
  Span hold;
  std::string_view severity, summary, description;
};

constexpr OwnRow own_rows[] = {
    {"SondeDown", "absent(up{[job]}) or sum by (job) (up{[job]}) == 0", 2min, "critical",
     "No Sonde is being scraped.",
     "nothing is known of what users meet: every instance is down or missing."},
    {"SondeProbeStalled",
     "(\n"
     "  time() - sonde_probe_last_run_timestamp_seconds\n"
     "  > 3 * max_over_time(sonde_probe_interval_seconds[1h]) + sonde_probe_timeout_seconds\n"
     "  or\n"
     "  (\n"
     "    (time() - sonde_config_last_reload_success_timestamp_seconds)\n"
     "    > on (job, instance) group_right ()\n"
     "    (3 * sonde_probe_interval_seconds + sonde_probe_timeout_seconds)\n"
     "    unless sonde_probe_last_run_timestamp_seconds\n"
     "  )\n"
     ")\n"
     "unless ignoring (reason) sonde_probe_inconclusive_since_timestamp_seconds\n"
     "unless (\n"
     "  time() - sonde_probe_suppressed_timestamp_seconds\n"
     "  <= 3 * sonde_probe_interval_seconds + sonde_probe_timeout_seconds\n"
     ")",
     1min, "critical", "A probe has given no verdict for too long.",
     "{{ $labels.probe }} on {{ $labels.target }} had its last verdict "
     "{{ $value | humanizeDuration }} ago."},
    {"SondeProbeInconclusive",
     "(\n"
     "  (time() - max without (reason) (sonde_probe_inconclusive_since_timestamp_seconds))\n"
     "  > 3 * sonde_probe_interval_seconds + sonde_probe_timeout_seconds\n"
     ")\n"
     "unless on (job, instance) sonde_egress_up == 0",
     30s, "critical", "All runs of a probe are inconclusive.",
     "nothing is known of {{ $labels.target }} by {{ $labels.probe }} for "
     "{{ $value | humanizeDuration }}; the last reason is "
     "{{ with printf `sonde_probe_inconclusive_since_timestamp_seconds{probe=%q,target=%q}` "
     "$labels.probe $labels.target | query }}{{ . | first | label \"reason\" }}{{ end }}."},
    {"SondeBlind", "sonde_egress_up == 0", 1min, "critical", "Sonde has lost its own network.",
     "{{ $labels.instance }} reaches none of its references; failures do not count against targets "
     "meanwhile."},
    {"SondeConfigReloadFailed", "sonde_config_last_reload_successful == 0", 5min, "warning",
     "The configuration could not be loaded again.",
     "{{ $labels.instance }} keeps the previous configuration; `sonde check` reports the "
     "mistakes."},
    {"SondeNotificationsFailing",
     "sum without (reason) (increase(sonde_notifications_failed_total[10m]))\n"
     "> 0.5 * increase(sonde_notifications_total[10m])",
     5min, "critical", "Notifications do not reach a receiver.",
     "{{ $labels.instance }} cannot reach {{ $labels.receiver }}: {{ $value | printf \"%.0f\" }} "
     "attempts failed over 10m."},
    {"SondeStoreWriteErrors", "increase(sonde_store_write_errors_total[15m]) > 0", 5min, "warning",
     "The history of results cannot be written.",
     "{{ $labels.instance }} goes on probing, but would forget after a restart."},
    {"SondeSchedulerLagHigh",
     "histogram_quantile(0.99, sum by (job, instance, le) "
     "(rate(sonde_scheduler_lateness_seconds_bucket[5m]))) > 0.25",
     10min, "warning", "Runs begin late, so that latencies are not to be trusted.",
     "one run of a hundred on {{ $labels.instance }} begins {{ $value | humanizeDuration }} late."},
    {"SondeRestartLooping", "changes(process_start_time_seconds{[job]}[15m]) > 2", 0s, "warning",
     "Sonde restarts again and again.",
     "{{ $labels.instance }} started {{ $value | printf \"%.0f\" }} times within 15m."},
    {"SondeMaintenance",
     "max without (instance, pod, location) (sonde_maintenance_active) == 1\n"
     "or\n"
     "min by (job, target) (sonde_maintenance_active) == 1",
     0s, "none", "A maintenance is under way.",
     "alerts of {{ $labels.probe }} {{ $labels.target }} are muted until it ends."},
    {"Watchdog", "vector(1)", 0s, "none", "The way from Prometheus to people works.",
     "Always fires; a service outside raises the alarm when it stops."},
};

}  // namespace

PrometheusGroup prometheus_own(std::string_view job, std::string_view runbooks) {
  PrometheusGroup group{.name = "sonde.own", .rules = {}};
  for (const OwnRow& row : own_rows) {
    PrometheusRule rule{.record = {},
                        .alert = std::string(row.alert),
                        .expr = std::string(row.expr),
                        .hold = row.hold,
                        .labels = {{"severity", std::string(row.severity)}},
                        .annotations = {{"summary", std::string(row.summary)},
                                        {"description", std::string(row.description)}}};
    for (std::size_t at = 0; (at = rule.expr.find("[job]")) != std::string::npos;)
      rule.expr.replace(at, 5, equals("job", job));
    if (!runbooks.empty())
      rule.annotations.emplace("runbook_url",
                               fmt::format("{}/{}.md", prometheus_literal(runbooks), row.alert));
    group.rules.push_back(std::move(rule));
  }
  return group;
}

}  // namespace sonde::rules
