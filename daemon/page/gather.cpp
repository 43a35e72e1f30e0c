#include "daemon/page/gather.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "daemon/core/alert.hpp"
#include "daemon/core/alert_json.hpp"
#include "daemon/core/check_state.hpp"
#include "daemon/page/headline.hpp"
#include "daemon/page/html.hpp"
#include "daemon/page/path.hpp"
#include "probes/text/ascii.hpp"

namespace sonde::page {
namespace {

constexpr std::size_t days_shown = 90;
constexpr std::chrono::hours day{24};
constexpr std::chrono::seconds default_auth_window{600};

WallSeconds seconds_at(WallTime at) {
  return std::chrono::floor<std::chrono::seconds>(at.time_since_epoch());
}

void add(Tally& sum, const Tally& more) {
  sum.attempts += more.attempts;
  sum.failures += more.failures;
}

void add_days(std::vector<Tally>& sum, const std::vector<Tally>& more) {
  sum.resize(std::max(sum.size(), more.size()));
  for (std::size_t i = 0; i < more.size(); ++i) add(sum[i], more[i]);
}

AuthFacts& auth_of(TargetFacts& target, Step step) {
  const auto known = std::ranges::find(target.auth, step, &AuthFacts::step);
  return known != target.auth.end() ? *known : target.auth.emplace_back(AuthFacts{.step = step});
}

EventFacts& event_of(TargetFacts& target, const std::string& event) {
  const auto known = std::ranges::find(target.events, event, &EventFacts::event);
  return known != target.events.end() ? *known
                                      : target.events.emplace_back(EventFacts{.event = event});
}

void add_rates(const View& view, const Check& check, WallSeconds now, TargetFacts& target) {
  for (const Rate& rate : view.rates(check)) {
    if (rate.of == RateOf::auth) {
      AuthFacts& auth = auth_of(target, rate.step);
      add(auth.window, view.tally(check, rate, target.auth_window, now));
      add(auth.day, view.tally(check, rate, day, now));
    } else if (rate.of == RateOf::delivery) {
      add(event_of(target, rate.event).day, view.tally(check, rate, day, now));
    }
  }
}

// The strictest demand of any of its checks.
void set_goal(const Sources& sources, TargetFacts& target) {
  target.auth_window = default_auth_window;
  for (const CheckFacts& check : target.checks) {
    const auto goal = sources.auth_goal ? sources.auth_goal(*check.check) : std::nullopt;
    if (goal && (!target.goal || goal->share > target.goal->share)) target.goal = goal;
  }
  if (target.goal) target.auth_window = target.goal->window;
}

void set_maintenance(const Sources& sources, TargetFacts& target) {
  if (!sources.maintained) return;
  std::map<std::string, std::vector<std::string>> probes;  // by the reason
  for (CheckFacts& check : target.checks) {
    check.maintenance = sources.maintained(*check.check);
    if (!check.maintenance.empty()) probes[check.maintenance].push_back(check.check->name);
  }
  for (const auto& [why, covered] : probes) {
    const bool are_all = covered.size() == target.checks.size();
    target.maintenance.push_back(are_all ? why
                                         : fmt::format("{}: {}", fmt::join(covered, ", "), why));
  }
}

int severity_rank(const AlertFacts& alert) {
  const std::string severity = value_of(alert.labels, "severity");
  return severity == name(Severity::critical) ? 2 : severity == name(Severity::warning) ? 1 : 0;
}

void share_alerts(OverviewFacts& facts, std::vector<AlertFacts> alerts) {
  std::ranges::sort(alerts, [](const AlertFacts& left, const AlertFacts& right) {
    return std::pair(-severity_rank(left), left.active_at) <
           std::pair(-severity_rank(right), right.active_at);
  });
  for (AlertFacts& alert : alerts) {
    if (alert.state != AlertState::firing || is_watchdog(alert.labels)) continue;
    const auto of =
        std::ranges::find(facts.targets, value_of(alert.labels, "target"), &TargetFacts::name);
    (of == facts.targets.end() ? facts.own : of->alerts).push_back(std::move(alert));
  }
}

void sort_checks(std::vector<CheckFacts>& checks) {
  std::ranges::sort(checks, [](const CheckFacts& left, const CheckFacts& right) {
    if (left.mark != right.mark) return left.mark < right.mark;
    return natural_less(left.check->name, right.check->name);
  });
}

}  // namespace

CheckFacts facts_of(const View& view, const std::shared_ptr<const Check>& check, WallTime now) {
  CheckFacts facts{.check = check, .status = view.standing(*check)};
  facts.mark = mark_of(*check, facts.status, now);
  facts.held_back = is_held_back(facts.status);
  facts.stale = is_stale(*check, facts.status, now) && !facts.held_back;
  facts.day = view.tally(*check, {.of = RateOf::success}, day, seconds_at(now));
  return facts;
}

OverviewFacts gather(const View& view, Sources sources) {
  const WallTime now = sources.now;
  OverviewFacts facts{.now = now,
                      .location = std::move(sources.location),
                      .version = std::move(sources.version),
                      .shard = sources.shard};
  std::map<std::string, TargetFacts> targets;
  for (const auto& check : view.checks()) {
    TargetFacts& target = targets[check->target];
    target.name = check->target;
    target.checks.push_back(facts_of(view, check, now));
    target.checked = std::max(target.checked, target.checks.back().status.last_run);
  }
  for (auto& [name, target] : targets) {
    set_goal(sources, target);
    set_maintenance(sources, target);
    for (const CheckFacts& check : target.checks) {
      add_rates(view, *check.check, seconds_at(now), target);
      add_days(target.days, view.days(*check.check, days_shown, seconds_at(now)));
    }
    target.stages = stages_of(target.checks);
    sort_checks(target.checks);
    for (const DeployMarker& deploy : sources.deploys)
      if (!target.deploy && (deploy.target.empty() || deploy.target == name))
        target.deploy = deploy;
    facts.targets.push_back(std::move(target));
  }
  share_alerts(facts, std::move(sources.alerts));
  std::ranges::sort(facts.targets, [](const TargetFacts& left, const TargetFacts& right) {
    const int a = urgency_of(left), b = urgency_of(right);
    return a != b ? a > b : natural_less(left.name, right.name);
  });
  facts.maintenance = std::move(sources.maintenance);
  facts.deploys = std::move(sources.deploys);
  facts.monitor = std::move(sources.monitor);
  return facts;
}

void filter(OverviewFacts& facts, std::string_view text) {
  const std::string wanted = text::lowered(text);
  const auto contains = [&](std::string_view name) {
    return text::lowered(name).find(wanted) != std::string::npos;
  };
  std::erase_if(facts.targets, [&](const TargetFacts& target) {
    return !contains(target.name) &&
           std::ranges::none_of(target.checks, [&](const CheckFacts& check) {
             return contains(check.check->name) || contains(check.check->kind);
           });
  });
}

}  // namespace sonde::page
