#include "daemon/metrics/facts_metrics.hpp"

#include <map>
#include <tuple>

#include "daemon/core/alert_json.hpp"

namespace sonde::metrics {
namespace {

using enum FamilyType;

double attempts(const Tally& tally) { return static_cast<double>(tally.attempts); }
double failures(const Tally& tally) { return static_cast<double>(tally.failures); }
double successes(const Tally& tally) { return attempts(tally) - failures(tally); }
double ratio(const Tally& tally) { return successes(tally) / attempts(tally); }

// The label that distinguishes windows of different rates; success has none.
Label of_rate(const Rate& rate) {
  if (rate.of == RateOf::auth) return {"step", name(rate.step)};
  return {"event", rate.event};
}

// A gauge for all windows of one kind of rate.
struct Gauge {
  RateOf of;
  std::string_view name, help;
  double (*value)(const Tally&);
};
constexpr Gauge gauges[] = {
    {RateOf::success, "sonde_probe_window_runs", "Judged probe runs inside the sliding window.",
     attempts},
    {RateOf::success, "sonde_probe_window_failures", "Failed probe runs inside the sliding window.",
     failures},
    {RateOf::auth, "sonde_auth_window_attempts", "Auth attempts inside the sliding window.",
     attempts},
    {RateOf::auth, "sonde_auth_window_failures", "Failed auth attempts inside the sliding window.",
     failures},
    {RateOf::auth, "sonde_auth_success_ratio",
     "Share of auth attempts in the sliding window that succeeded, absent while it is empty.",
     ratio},
    {RateOf::delivery, "sonde_events_window_expected",
     "Events asked of chat runs inside the sliding window.", attempts},
    {RateOf::delivery, "sonde_events_window_delivered",
     "Expected events that were received inside the sliding window.", successes},
    {RateOf::delivery, "sonde_event_delivery_ratio",
     "Share of expected events in the sliding window that were received, absent while it is empty.",
     ratio}};

void write(Page& page, const Gauge& shown, const WindowFacts& facts) {
  const Check& check = *facts.check;
  const Label probe{"probe", check.name}, kind{"kind", check.kind}, target{"target", check.target};
  const Label window{"window", facts.window};
  const double value = shown.value(facts.tally);
  if (facts.rate.of == RateOf::success)
    page.value({probe, kind, target, window}, value);
  else
    page.value({probe, kind, target, of_rate(facts.rate), window}, value);
}

}  // namespace

void write_window_families(Page& page, const std::vector<WindowFacts>& windows) {
  for (const Gauge& shown : gauges) {
    page.family(shown.name, shown.help, gauge);
    for (const WindowFacts& facts : windows)
      if (facts.rate.of == shown.of && facts.tally.attempts > 0) write(page, shown, facts);
  }
}

namespace {

double number(std::uint64_t count) { return static_cast<double>(count); }

// Number of alerts in a state, by name and severity; 0 for those of every rule.
using States = std::map<std::tuple<std::string, std::string, std::string_view>, std::uint64_t>;
States states_of(const Facts& facts) {
  States states;
  for (const RuleFacts& rule : facts.rules)
    for (std::string_view state : {"pending", "firing"}) states[{rule.name, rule.severity, state}];
  for (const AlertFacts& alert : facts.alerts) {
    if (alert.state == AlertState::inactive) continue;
    const std::string_view state = alert.state == AlertState::firing ? "firing" : "pending";
    ++states[{value_of(alert.labels, "alertname"), value_of(alert.labels, "severity"), state}];
  }
  return states;
}

}  // namespace

void write_alert_families(Page& page, const Facts& facts) {
  page.family("sonde_alerts", "Embedded alerts by state.", gauge);
  for (const auto& [place, count] : states_of(facts)) {
    const auto& [alert, severity, state] = place;
    page.value({{"alertname", alert}, {"severity", severity}, {"state", state}}, number(count));
  }
  page.family("sonde_alert_evaluations_total", "Embedded alert rule evaluations.", counter);
  for (const RuleFacts& rule : facts.rules)
    page.value({{"alertname", rule.name}}, number(rule.evaluations));
  page.family("sonde_alert_insufficient_evaluations_total",
              "Evaluations that changed nothing because a window held too few samples.", counter);
  for (const RuleFacts& rule : facts.rules)
    page.value({{"alertname", rule.name}}, number(rule.insufficient));
}

namespace {

using Receivers = std::vector<ReceiverFacts>;

void each(Page& page, const Receivers& receivers, auto value) {
  for (const ReceiverFacts& of : receivers)
    page.value({{"receiver", of.name}}, static_cast<double>(value(of)));
}

void write_attempts(Page& page, const Receivers& receivers) {
  page.family("sonde_notifications_total", "Notification delivery attempts.", counter);
  each(page, receivers, [](const ReceiverFacts& of) { return of.sent; });
  page.family("sonde_notifications_failed_total",
              "Notification delivery attempts that failed, by reason.", counter);
  for (const ReceiverFacts& of : receivers)
    for (const auto& [reason, count] : of.failed)
      page.value({{"receiver", of.name}, {"reason", reason}}, static_cast<double>(count));
  page.family("sonde_notifications_dropped_total",
              "Notifications dropped because the queue was full or retries were exhausted.",
              counter);
  each(page, receivers, [](const ReceiverFacts& of) { return of.dropped; });
  page.family("sonde_notification_duration_seconds", "Duration of notification delivery attempts.",
              histogram);
  for (const ReceiverFacts& of : receivers)
    page.histogram({{"receiver", of.name}}, of.durations_bounds, of.durations, of.durations_sum);
}

void write_queues(Page& page, const Receivers& receivers) {
  page.family("sonde_notification_queue_length", "Notifications waiting for delivery.", gauge);
  each(page, receivers, [](const ReceiverFacts& of) { return of.queue_length; });
  page.family("sonde_notification_queue_capacity", "Capacity of the notification queue.", gauge);
  each(page, receivers, [](const ReceiverFacts& of) { return of.queue_capacity; });
}

}  // namespace

void write_receiver_families(Page& page, const std::vector<ReceiverFacts>& receivers) {
  write_attempts(page, receivers);
  write_queues(page, receivers);
  page.family("sonde_notification_last_success_timestamp_seconds",
              "Unix time of the last accepted notification.", gauge);
  for (const ReceiverFacts& of : receivers)
    if (of.last_success) page.value({{"receiver", of.name}}, unix_seconds(*of.last_success));
}

namespace {

void write_count(Page& page, std::string_view name, std::string_view help, std::uint64_t count) {
  page.family(name, help, counter);
  page.value({}, static_cast<double>(count));
}

}  // namespace

void write_store_families(Page& page, const StoreFacts& store) {
  if (!store.enabled) return;
  write_count(page, "sonde_store_writes_total", "Batches written to the local history store.",
              store.writes);
  write_count(page, "sonde_store_write_errors_total",
              "Batches that could not be written to the local history store.", store.write_errors);
  write_count(page, "sonde_store_rows_lost_total",
              "Rows that were given up because the local history store could not take them.",
              store.rows_lost);
  write_count(page, "sonde_store_corruptions_total",
              "Files of the local history store that were corrupt and moved aside.", store.corrupt);
  page.family("sonde_store_degraded", "Whether the local history store is losing rows.", gauge);
  page.value({}, store.degraded);
  page.family("sonde_store_size_bytes", "Size of the local history store files.", gauge);
  for (const auto& [file, bytes] : store.size_bytes)
    page.value({{"file", file}}, static_cast<double>(bytes));
  page.family("sonde_store_write_duration_seconds",
              "Duration of writes to the local history store.", histogram);
  page.histogram({}, store.durations_bounds, store.durations, store.durations_sum);
}

void write_surroundings(Page& page, const Facts& facts) {
  page.family("sonde_maintenance_active",
              "Whether a maintenance window currently covers the probe.", gauge);
  for (const MaintenanceFacts& of : facts.maintenance)
    page.value({{"probe", of.probe}, {"kind", of.kind}, {"target", of.target}}, of.active);
  page.family("sonde_egress_up", "Whether the prober reaches its own reference endpoints.", gauge);
  if (facts.egress_up) page.value({}, *facts.egress_up);
  page.family("sonde_heartbeat_last_success_timestamp_seconds",
              "Unix time of the last outgoing heartbeat that was taken.", gauge);
  if (facts.heartbeat) page.value({}, unix_seconds(*facts.heartbeat));
  page.family("sonde_web_config_last_reload_successful",
              "Whether the newest version of the web configuration file is in use.", gauge);
  if (facts.web_config_good) page.value({}, *facts.web_config_good);
  page.family("sonde_web_info", "Address of the daemon's pages, always 1.", gauge);
  if (!facts.url.empty()) page.value({{"url", facts.url}}, 1);
  page.family("sonde_history_restored_probes",
              "Probes whose rates and alert states were restored from the store at the start.",
              gauge);
  if (facts.store.enabled) page.value({}, number(facts.restored));
  if (!facts.shard.is_whole()) {
    page.family("sonde_shard_info", "Shard of the probes that this daemon runs, always 1.", gauge);
    page.value({{"shard", std::to_string(facts.shard.index)}}, 1);
    page.family("sonde_shards", "Number of shards among which the probes are shared.", gauge);
    page.value({}, number(facts.shard.count));
    page.family("sonde_shard_replicas", "Number of shards that run each probe.", gauge);
    page.value({}, number(facts.shard.replicas));
  }
  page.family("sonde_deploy_timestamp_seconds",
              "Unix time of the newest deployment that was reported for the target.", gauge);
  for (const DeployMarker& of : facts.deploys)
    page.value({{"target", of.target}, {"version", of.version}}, unix_seconds(of.at));
}

}  // namespace sonde::metrics
