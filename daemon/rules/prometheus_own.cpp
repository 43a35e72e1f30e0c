#include "daemon/rules/prometheus_own.hpp"

#include <fmt/format.h>

#include "daemon/rules/prometheus_quorum.hpp"
#include "daemon/rules/prometheus_text.hpp"
#include "daemon/rules/promql.hpp"

namespace sonde::rules {
namespace {

using namespace std::chrono_literals;

struct OwnRow {
  std::string_view alert;
  std::string_view expr;  // [job]: a matcher; other parts in brackets: see own_parts
  Span hold;
  std::string_view severity, summary, description;
};

struct OwnPart {
  std::string_view name, text;
};

// age{SERIES} is how long ago a time was.
constexpr OwnPart own_parts[] = {
    {"[stalled]",
     "(\n"
     "  age{sonde_probe_last_run_timestamp_seconds}\n"
     "  > 3 * max_over_time(sonde_probe_interval_seconds[1h]) + sonde_probe_timeout_seconds\n"
     "  or\n"
     "  (\n"
     "    max by ([daemon]) (age{sonde_config_last_reload_success_timestamp_seconds})\n"
     "    > [on daemon] group_right ()\n"
     "    (3 * sonde_probe_interval_seconds + sonde_probe_timeout_seconds)\n"
     "    unless sonde_probe_last_run_timestamp_seconds\n"
     "  )\n"
     ")\n"
     "unless ignoring (reason) sonde_probe_inconclusive_since_timestamp_seconds\n"
     "unless (\n"
     "  age{sonde_probe_suppressed_timestamp_seconds}\n"
     "  <= 3 * sonde_probe_interval_seconds + sonde_probe_timeout_seconds\n"
     ")"},
    {"[inconclusive]",
     "(\n"
     "  age{max without (reason) (sonde_probe_inconclusive_since_timestamp_seconds)}\n"
     "  > 3 * sonde_probe_interval_seconds + sonde_probe_timeout_seconds\n"
     ")\n"
     "unless [on daemon] sonde_egress_up == 0"},
    {"[last reason]",
     "{{ with printf `sonde_probe_inconclusive_since_timestamp_seconds{probe=%q,target=%q}` "
     "$labels.probe $labels.target | query }}{{ . | first | label \"reason\" }}{{ end }}"},
    // Each location has a daemon that reaches nothing.
    {"[all blind]",
     "(\n"
     "  count by (job) (group by (job, location) (sonde_egress_up == 0))\n"
     "  == count by (job) (group by (job, location) (sonde_egress_up))\n"
     ")"},
    // No daemon runs all probes alone, each location has lost as many shards as run a probe, and
    // the shards that are left at all locations together are too few as well. They add up only
    // where each location shares the probes among as many.
    {"[all lost]",
     "(\n"
     "  count by (job) ([shards lost])\n"
     "  == count by (job) (max by (job, location) (sonde_shards))\n"
     "  unless on (job) (sonde_probe_interval_seconds unless [on daemon] sonde_shards)\n"
     "  unless on (job) (\n"
     "    max by (job) (sonde_shards)\n"
     "    - on (job) count by (job) (group by (job, shard) (sonde_shard_info))\n"
     "    < on (job) min by (job) (sonde_shard_replicas)\n"
     "    and on (job) min by (job) (sonde_shards) == on (job) max by (job) (sonde_shards)\n"
     "  )\n"
     ")"},
    {"[shards lost]",
     "(\n"
     "  max by (job, location) (sonde_shards)\n"
     "  - on (job, location) count by (job, location) (\n"
     "    group by (job, location, shard) (sonde_shard_info)\n"
     "  )\n"
     "  >= on (job, location) max by (job, location) (sonde_shard_replicas)\n"
     ")"},
    // A maintenance leaves out the runs of its own location alone.
    {"[maintained]", "max by (job, location, probe, kind, target) (sonde_maintenance_active)"},
    {"[daemon]", kDaemon},
    {"[on daemon]", kOnDaemon},
    {"[seen]", kSeen},
    {"[voting]", kVoting},
    {"[failing]", kFailing},
};

constexpr OwnRow own_rows[] = {
    {"SondeDown", "absent(up{[job]}) or sum by (job) (up{[job]}) == 0", 2min, "critical",
     "No Sonde is being scraped.",
     "nothing is known of what users meet: every instance is down or missing."},
    {"SondeProbeStalled", "[stalled]\nunless on (job, probe, kind, target) [seen]", 1min,
     "critical", "A probe has given no verdict for too long.",
     "{{ $labels.probe }} on {{ $labels.target }} had its last verdict "
     "{{ $value | humanizeDuration }} ago."},
    {"SondeProbeStalled", "[stalled]\nand on (job, probe, kind, target) [seen]", 1min, "warning",
     "A probe has given no verdict for too long, but another daemon runs it.",
     "{{ $labels.probe }} on {{ $labels.target }} had its last verdict from "
     "{{ $labels.instance }} {{ $value | humanizeDuration }} ago; others run it meanwhile."},
    {"SondeProbeInconclusive", "[inconclusive]\nunless on (job, probe, kind, target) [seen]", 30s,
     "critical", "All runs of a probe are inconclusive.",
     "nothing is known of {{ $labels.target }} by {{ $labels.probe }} for "
     "{{ $value | humanizeDuration }}; the last reason is [last reason]."},
    {"SondeProbeInconclusive", "[inconclusive]\nand on (job, probe, kind, target) [seen]", 30s,
     "warning", "All runs of a probe by one daemon are inconclusive.",
     "{{ $labels.instance }} knows nothing of {{ $labels.target }} by {{ $labels.probe }} for "
     "{{ $value | humanizeDuration }}, while others do; the last reason is [last reason]."},
    {"SondeLocationFailing",
     "count by (job, location, target) (\n"
     "  label_replace([failing], \"alertname\", \"$1\", \"sonde_rule\", \"(.+)\")\n"
     "  unless on (job, alertname, probe, kind, target, step, event) ALERTS\n"
     ")\n"
     "and on (job, target) (\n"
     "  count by (job, target) (group by (job, location, target) ([voting])) > 1\n"
     ")",
     2min, "warning", "A target fails from a minority of the locations.",
     "{{ $labels.target }} fails from {{ with $labels.location }}{{ . }}{{ else }}a location "
     "without a label{{ end }}, but not from more than half of the locations:"
     "{{ range query (printf `count by (sonde_rule, probe) ([failing]{location=%q,target=%q})` "
     "$labels.location $labels.target) | sortByLabel `sonde_rule` }} {{ .Labels.sonde_rule }}{{ "
     "with .Labels.probe }} ({{ . "
     "}})"
     "{{ end }};{{ end }}"},
    {"SondeLocationDown",
     "group by (job, location) (last_over_time(up{[job]}[1h]))\n"
     "unless on (job, location) sum by (job, location) (up{[job]}) > 0\n"
     "and on (job) sum by (job) (up{[job]}) > 0",
     2min, "warning", "No daemon of a location is being scraped.",
     "nothing is known of what users of {{ with $labels.location }}{{ . }}{{ else }}a location "
     "without a label{{ end }} meet; the other locations decide without it."},
    {"SondeShardMissing",
     "max by (job, location) (sonde_shards)\n"
     "- on (job, location) count by (job, location) (\n"
     "  group by (job, location, shard) (sonde_shard_info)\n"
     ")\n"
     "> 0",
     5min, "warning", "A shard is missing.",
     "{{ $value }} of the daemons that share the probes {{ with $labels.location }}of {{ . }} "
     "{{ end }}are down or not scraped; what other shards do not run as well is not watched."},
    {"SondeShardsLost", "[shards lost]\nand on (job) [all lost]", 2min, "critical",
     "Probes are run by no shard.",
     "{{ $value }} shards {{ with $labels.location }}of {{ . }} {{ end }}are missing, as many as "
     "run a probe: some probes are not run at all."},
    {"SondeShardsLost", "[shards lost]\nunless on (job) [all lost]", 2min, "warning",
     "Probes are run by no shard of a location.",
     "{{ $value }} shards {{ with $labels.location }}of {{ . }} {{ end }}are missing, as many as "
     "run a probe: some "
     "probes are run from other locations alone."},
    {"SondeBlind", "sonde_egress_up == 0\nand on (job) [all blind]", 1min, "critical",
     "Sonde has lost its own network.",
     "{{ $labels.instance }} reaches none of its references; failures do not count against targets "
     "meanwhile."},
    {"SondeBlind", "sonde_egress_up == 0\nunless on (job) [all blind]", 1min, "warning",
     "Sonde has lost its own network at a minority of the locations.",
     "{{ $labels.instance }}{{ with $labels.location }} in {{ . }}{{ end }} reaches none of its "
     "references; the other locations decide meanwhile."},
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
     "histogram_quantile(0.99, sum by ([daemon], le) "
     "(rate(sonde_scheduler_lateness_seconds_bucket[5m]))) > 0.25",
     10min, "warning", "Runs begin late, so that latencies are not to be trusted.",
     "one run of a hundred on {{ $labels.instance }} begins {{ $value | humanizeDuration }} late."},
    {"SondeRestartLooping", "changes(process_start_time_seconds{[job]}[15m]) > 2", 0s, "warning",
     "Sonde restarts again and again.",
     "{{ $labels.instance }} started {{ $value | printf \"%.0f\" }} times within 15m."},
    {"SondeMaintenance",
     "min by (job, probe, kind, target) ([maintained]) == 1\n"
     "or\n"
     "min by (job, target) ([maintained]) == 1",
     0s, "none", "A maintenance is under way.",
     "alerts of {{ $labels.probe }} {{ $labels.target }} are muted until it ends."},
    {"Watchdog", "vector(1)", 0s, "none", "The way from Prometheus to people works.",
     "Always fires; a service outside raises the alarm when it stops."},
};

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
}

std::string whole_text(std::string_view text, std::string_view job) {
  std::string out(text);
  for (const OwnPart& part : own_parts) replace_all(out, part.name, part.text);
  replace_all(out, "[job]", equals("job", job));
  constexpr std::string_view mark = "age{";
  for (std::size_t at = 0; (at = out.find(mark, at)) != std::string::npos;) {
    const std::size_t begin = at + mark.size();
    const std::size_t end = out.find('}', begin);
    const std::string age = age_of(std::string_view(out).substr(begin, end - begin));
    out.replace(at, end + 1 - at, age);
    at += age.size();
  }
  return out;
}

}  // namespace

PrometheusGroup prometheus_own(std::string_view job, std::string_view runbooks) {
  PrometheusGroup group{.name = "sonde.own", .rules = {}};
  for (const OwnRow& row : own_rows) {
    PrometheusRule rule{.record = {},
                        .alert = std::string(row.alert),
                        .expr = whole_text(row.expr, job),
                        .hold = row.hold,
                        .labels = {{"severity", std::string(row.severity)}},
                        .annotations = {{"summary", std::string(row.summary)},
                                        {"description", whole_text(row.description, job)}}};
    if (!runbooks.empty())
      rule.annotations.emplace("runbook_url",
                               fmt::format("{}/{}.md", prometheus_literal(runbooks), row.alert));
    group.rules.push_back(std::move(rule));
  }
  return group;
}

}  // namespace sonde::rules
