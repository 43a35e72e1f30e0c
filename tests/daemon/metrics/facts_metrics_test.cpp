#include "daemon/metrics/facts_metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/metrics/made_facts.hpp"

namespace sonde::metrics::facts_metrics_test {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string who = R"(probe="chat",kind="chat",target="staging")";

TEST(FactsFamilies, AWindowIsTwoNumbersAndTheirRatio) {
  Page page;
  write_window_families(page, made_facts().windows);
  const std::string text = page.take();
  EXPECT_THAT(text, HasSubstr("sonde_probe_window_runs{" + who + R"(,window="10m"} 40)"));
  EXPECT_THAT(text, HasSubstr("sonde_probe_window_failures{" + who + R"(,window="10m"} 4)"));
  const std::string upgrade = who + R"(,step="upgrade",window="30d"})";
  EXPECT_THAT(text, HasSubstr("sonde_auth_window_attempts{" + upgrade + " 10\n"));
  EXPECT_THAT(text, HasSubstr("sonde_auth_window_failures{" + upgrade + " 1\n"));
  EXPECT_THAT(text, HasSubstr("sonde_auth_success_ratio{" + upgrade + " 0.9\n"));
  const std::string event = who + R"(,event="agent_started",window="5m"})";
  EXPECT_THAT(text, HasSubstr("sonde_events_window_expected{" + event + " 8\n"));
  EXPECT_THAT(text, HasSubstr("sonde_events_window_delivered{" + event + " 6\n"));
  EXPECT_THAT(text, HasSubstr("sonde_event_delivery_ratio{" + event + " 0.75\n"));
}

TEST(FactsFamilies, AnEmptyWindowHasNoSeries) {
  Facts facts = made_facts();
  for (WindowFacts& window : facts.windows) window.tally = {};
  Page page;
  write_window_families(page, facts.windows);
  EXPECT_EQ(page.take(), "");
}

TEST(FactsFamilies, EveryRuleHasItsStatesAtZero) {
  Page page;
  write_alert_families(page, made_facts());
  const std::string text = page.take();
  const std::string low =
      R"(sonde_alerts{alertname="AuthSuccessRateLow",severity="critical",state=)";
  EXPECT_THAT(text, HasSubstr(low + R"("firing"} 2)"));
  EXPECT_THAT(text, HasSubstr(low + R"("pending"} 1)"));
  EXPECT_THAT(text,
              HasSubstr(R"(sonde_alerts{alertname="Quiet",severity="warning",state="firing"} 0)"));
  EXPECT_THAT(text, Not(HasSubstr("inactive")));
  EXPECT_THAT(text, HasSubstr(R"(sonde_alert_evaluations_total{alertname="Quiet"} 12)"));
  EXPECT_THAT(text,
              HasSubstr(R"(sonde_alert_insufficient_evaluations_total{alertname="Quiet"} 3)"));
}

TEST(FactsFamilies, TellsOfEveryReceiver) {
  Page page;
  write_receiver_families(page, made_facts().receivers);
  const std::string text = page.take();
  for (const char* line :
       {R"(sonde_notifications_total{receiver="pager"} 7)",
        R"(sonde_notifications_failed_total{receiver="pager",reason="timeout"} 2)",
        R"(sonde_notifications_failed_total{receiver="pager",reason="refused"} 0)",
        R"(sonde_notifications_dropped_total{receiver="pager"} 1)",
        R"(sonde_notification_duration_seconds_bucket{receiver="pager",le="0.1"} 3)",
        R"(sonde_notification_duration_seconds_bucket{receiver="pager",le="+Inf"} 7)",
        R"(sonde_notification_duration_seconds_count{receiver="pager"} 7)",
        R"(sonde_notification_duration_seconds_sum{receiver="pager"} 2.5)",
        R"(sonde_notification_queue_length{receiver="pager"} 4)",
        R"(sonde_notification_queue_capacity{receiver="pager"} 256)",
        R"(sonde_notification_last_success_timestamp_seconds{receiver="pager"} 1700000000)"})
    EXPECT_THAT(text, HasSubstr(std::string(line) + "\n"));
  EXPECT_THAT(text, Not(HasSubstr(R"(last_success_timestamp_seconds{receiver="team")")));
  EXPECT_THAT(text, Not(HasSubstr(R"(duration_seconds_count{receiver="team")")))
      << "without buckets there is no histogram";
}

TEST(FactsFamilies, TellsOfTheStoreWhereThereIsOne) {
  Page page;
  write_store_families(page, {});
  EXPECT_EQ(page.take(), "");
  write_store_families(page, made_facts().store);
  const std::string text = page.take();
  for (const char* line : {"sonde_store_writes_total 100", "sonde_store_write_errors_total 2",
                           "sonde_store_rows_lost_total 5", "sonde_store_corruptions_total 1",
                           "sonde_store_degraded 1", R"(sonde_store_size_bytes{file="wal"} 4096)",
                           R"(sonde_store_write_duration_seconds_bucket{le="0.01"} 90)",
                           "sonde_store_write_duration_seconds_count 100"})
    EXPECT_THAT(text, HasSubstr(std::string(line) + "\n"));
}

TEST(FactsFamilies, TellsOfMaintenanceEgressAndHeartbeatWhereTheyAreConfigured) {
  Page page;
  write_surroundings(page, {});
  EXPECT_EQ(page.take(), "");
  write_surroundings(page, made_facts());
  const std::string text = page.take();
  EXPECT_THAT(text, HasSubstr("sonde_maintenance_active{" + who + "} 1\n"));
  EXPECT_THAT(text, HasSubstr("sonde_egress_up 0\n"));
  EXPECT_THAT(text, HasSubstr("sonde_heartbeat_last_success_timestamp_seconds 1700000000\n"));
  EXPECT_THAT(text, HasSubstr("sonde_history_restored_probes 7\n"));
  EXPECT_THAT(text, HasSubstr("sonde_shard_info{shard=\"1\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("sonde_shards 3\n"));
  EXPECT_THAT(text, HasSubstr("sonde_shard_replicas 2\n"));
  EXPECT_THAT(text, HasSubstr("sonde_web_info{url=\"https://sonde.example.com\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("sonde_deploy_timestamp_seconds{target=\"staging\",version=\"v1.2\"} "
                              "1700000000\n"));
}

}  // namespace
}  // namespace sonde::metrics::facts_metrics_test
