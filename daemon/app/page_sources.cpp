#include "daemon/app/page_sources.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "probes/net/version.hpp"

namespace sonde::app {
namespace {

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "this machine";
}

std::vector<std::string> failing_receivers(const notify::Notifier& notifier) {
  std::vector<std::string> all;
  for (ReceiverFacts& receiver : notifier.facts())
    if (!receiver.undelivered.empty()) all.push_back(std::move(receiver.name));
  return all;
}

}  // namespace

std::optional<page::AuthGoal> auth_goal(const std::vector<alert::RuleSettings>& rules,
                                        const Check& check) {
  std::optional<page::AuthGoal> goal;
  for (const alert::RuleSettings& rule : rules) {
    const bool demands = rule.of == alert::AlertOf::auth_success && rule.below &&
                         rule.below->share && !rule.over.empty() && selects(rule.where, check);
    if (!demands) continue;
    const Millionths share = alert::millionths(*rule.below->share);
    if (!goal || share > goal->share)
      goal = {.share = share,
              .window = std::chrono::duration_cast<std::chrono::seconds>(rule.over.front())};
  }
  return goal;
}

page::Sources PageSources::at(WallTime now, std::vector<AlertFacts> alerts) const {
  const page::MonitorLog::Hour hour = log.hour(Clock::now());
  return {.now = now,
          .location = settings.location.empty() ? host_name() : settings.location,
          .version = std::string(net::version),
          .shard = shard,
          .alerts = std::move(alerts),
          .maintenance = maintenance.list(now),
          .deploys = deploys.list(),
          .monitor = {.on_time = pool.on_time(Clock::now()),
                      .egress_up = pool.egress_up(),
                      .runs = hour.runs,
                      .inconclusive = hour.inconclusive,
                      .skipped = hour.skipped,
                      .lateness = hour.lateness,
                      .started = load.started,
                      .loaded = load.loaded,
                      .reload_error = load.error,
                      .probes_at_start = load.probes,
                      .restored = load.restored,
                      .store = memory.facts(),
                      .undelivered = failing_receivers(notifier)},
          .maintained = [this, now](const Check& check) { return maintenance.why(check, now); },
          .auth_goal = [this](const Check& check) { return auth_goal(settings.rules, check); }};
}

}  // namespace sonde::app
