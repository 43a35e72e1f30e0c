#pragma once
#include "daemon/core/view.hpp"
#include "tests/daemon/metrics/made_result.hpp"

namespace sonde::metrics {

inline AlertFacts made_alert(AlertState state) {
  return {.labels = {{"alertname", "AuthSuccessRateLow"}, {"severity", "critical"}},
          .annotations = {},
          .state = state};
}

// Something of everything that the rooms can say of themselves.
inline Facts made_facts() {
  const auto chat = chat_check();
  const WallTime at(std::chrono::seconds(1'700'000'000));
  Facts facts;
  facts.windows = {{chat, {.of = RateOf::success}, "10m", {40, 4}},
                   {chat, {.of = RateOf::auth, .step = Step::upgrade}, "30d", {10, 1}},
                   {chat, {.of = RateOf::delivery, .event = "agent_started"}, "5m", {8, 2}}};
  for (AlertState state :
       {AlertState::firing, AlertState::firing, AlertState::pending, AlertState::inactive})
    facts.alerts.push_back(made_alert(state));
  facts.rules = {{.name = "AuthSuccessRateLow", .severity = "critical", .evaluations = 12},
                 {.name = "Quiet", .severity = "warning", .evaluations = 12, .insufficient = 3}};
  facts.receivers = {{.name = "pager",
                      .sent = 7,
                      .failed = {{"timeout", 2}, {"refused", 0}},
                      .dropped = 1,
                      .queue_length = 4,
                      .queue_capacity = 256,
                      .last_success = at,
                      .durations_bounds = {.1, 1},
                      .durations = {3, 3, 1},
                      .durations_sum = 2.5},
                     {.name = "team"}};
  facts.store = {.enabled = true,
                 .degraded = true,
                 .writes = 100,
                 .write_errors = 2,
                 .rows_lost = 5,
                 .corrupt = 1,
                 .size_bytes = {{"db", 65536}, {"wal", 4096}},
                 .durations_bounds = {.01},
                 .durations = {90, 10},
                 .durations_sum = 0.5};
  facts.maintenance = {{.probe = "chat", .kind = "chat", .target = "staging", .active = true}};
  facts.egress_up = false;
  facts.heartbeat = at;
  facts.deploys = {{.at = at, .target = "staging", .version = "v1.2", .by = "ann"}};
  facts.shard = {.index = 1, .count = 3, .replicas = 2};
  facts.restored = 7;
  facts.url = "https://sonde.example.com";
  return facts;
}

}  // namespace sonde::metrics
