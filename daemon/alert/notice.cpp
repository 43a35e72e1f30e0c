#include "daemon/alert/notice.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/alert/engine.hpp"
#include "daemon/alert/rule_builtin.hpp"
#include "daemon/core/change.hpp"
#include "probes/text/encode.hpp"

namespace sonde::alert {
namespace {

constexpr std::size_t also_max = 5;

// The earliest position of its checks; nullopt if all of them are beside the path.
std::optional<int> place_of(const Instance& instance) {
  std::optional<int> first;
  for (const auto& check : instance.checks)
    if (const auto place = alert::place_of(*check))
      first = std::min(first.value_or(*place), *place);
  return first;
}

std::vector<Step> owned(const Instance& instance, const std::vector<Step>& failing) {
  std::vector<Step> all;
  for (const auto& check : instance.checks)
    for (Step step : own_steps(*check))
      if (std::ranges::find(failing, step) != failing.end() &&
          std::ranges::find(all, step) == all.end())
        all.push_back(step);
  return all;
}

std::string show_also(const std::vector<std::string>& also) {
  if (also.empty()) return "";
  const std::size_t shown = std::min(also.size(), also_max);
  const std::string more =
      also.size() > shown ? fmt::format(" and {} more", also.size() - shown) : "";
  return fmt::format(
      "; also {}{}",
      fmt::join(also.begin(), also.begin() + static_cast<std::ptrdiff_t>(shown), ", "), more);
}

// The text of a firing alert is older than this only while it cannot be evaluated.
constexpr Span fresh_for = std::chrono::minutes(1);

std::string show_good(const AlertInstance& tracked, WallTime now) {
  return tracked.good_since ? "; good again since " + show_time(*tracked.good_since, now) : "";
}

// Whether it is only kept firing. What flaps or gives no data is not good again.
bool recovers(const AlertInstance& tracked) {
  return tracked.state.firing() && tracked.good_since && !tracked.quiet_since &&
         !tracked.state.flapping.flaps;
}

std::string show_state(const AlertInstance& tracked, const NotifyDecision& decision, WallTime now) {
  if (!tracked.state.firing())
    return show_good(tracked, now) + (decision.open && tracked.alert->notified
                                          ? "; this has ended, the incident continues"
                                          : "");
  if (tracked.quiet_since) return "; no data since " + show_time(*tracked.quiet_since, now);
  if (tracked.state.flapping.flaps) return "; flapping";
  if (recovers(tracked)) return show_good(tracked, now);
  if (tracked.text.at > WallTime{} && now - tracked.text.at >= fresh_for)
    return "; as of " + show_time(tracked.text.at, now);
  return "";
}

}  // namespace

std::string Notices::suppressed(const Instance& instance, WallTime now) const {
  std::string why;
  if (!options_.suppressed) return why;
  for (const auto& check : instance.checks) {
    why = options_.suppressed(*check, now);
    if (why.empty()) return why;  // one check outside maintenance is sufficient
  }
  return why;
}

// The last deployment within half an hour before the start of the failure; only a hint.
std::string Notices::deployed(const AlertInstance& tracked) const {
  if (!options_.deployed || tracked.instance.target.empty()) return "";
  const WallTime begin = tracked.state.active_at;
  const std::string what =
      options_.deployed(tracked.instance.target, begin - std::chrono::minutes(30), begin);
  return what.empty() ? "" : "; after " + what;
}

// What failed before a maintenance may work at its end.
bool Notices::waits_for_run(const AlertInstance& tracked) const {
  if (tracked.alert->notified || !tracked.kept_back || tracked.state.silent) return false;
  const SeenAt& seen = tracked.state.seen;
  return std::ranges::none_of(tracked.instance.checks, [&](const CheckPtr& check) {
    if (!seen.empty() && !seen.contains(key_of(*check))) return false;
    const CheckStatus standing = view_.standing(*check);
    std::optional<WallTime> newest = standing.last_success;
    if (standing.failing) newest = std::max(newest, std::optional(standing.failing->last));
    if (standing.inconclusive)
      newest = std::max(newest, std::optional(standing.inconclusive->last));
    return newest && *newest >= *tracked.kept_back;
  });
}

// A no-data alert is explained by the one about its check. A restored alert that was not notified
// stays silent until it has been evaluated, as does one whose condition ended before it was
// notified.
std::string Notices::cause_of(const AlertInstance& tracked) const {
  if (!tracked.failing && !tracked.alert->notified) return "not judged since the start";
  if (waits_for_run(tracked)) return "no run since the maintenance or the start";
  if (tracked.state.cleared_at && !tracked.alert->notified)
    return "good again before anybody was notified";
  if (!tracked.state.silent || is_stalled_alert(tracked.instance)) return "";
  for (const auto& check : tracked.instance.checks)
    for (const AlertInstance* other : instances_.of_check(*check))
      if (is_stalled_alert(other->instance) && other->state.firing())
        return "held by " + other->instance.rule->name;
  return "";
}

IncidentMember Notices::member(const AlertInstance& tracked, WallTime now) const {
  const Instance& instance = tracked.instance;
  IncidentMember member;
  member.name = instance.rule->name;
  if (instance.checks.size() == 1) member.probe = instance.checks.front()->name;
  member.severity = instance.rule->severity;
  member.part = tracked.state.silent && instance.subject->part == IncidentRole::path
                    ? IncidentRole::beside
                    : instance.subject->part;
  member.place = place_of(instance);
  if (tracked.failing) member.failing = *tracked.failing;
  member.owns = owned(instance, member.failing.steps);
  member.always = always_pages(*instance.rule);
  member.cause = cause_of(tracked);
  member.suppressed = suppressed(instance, now);
  member.fired_at = tracked.alert->starts;
  member.firing = tracked.state.firing();
  member.was_notified = tracked.alert->notified;
  return member;
}

std::string Notices::failed(const AlertInstance& tracked) {
  return recovers(tracked) ? tracked.text.fired_for : "";
}

std::string Notices::probe_page(const std::string& probe, const std::string& target) const {
  return fmt::format("{}/probes/{}/{}", options_.external_url, text::percent_encode(probe),
                     text::percent_encode(target));
}

std::string Notices::page(const Instance& instance) const {
  const auto probe = instance.labels.find("probe");
  if (instance.target.empty()) return options_.external_url + "/";
  if (probe != instance.labels.end()) return probe_page(probe->second, instance.target);
  return options_.external_url + "/incidents?target=" + text::percent_encode(instance.target);
}

Labels Notices::annotations(const AlertInstance& tracked, const NotifyDecision& decision,
                            WallTime now) const {
  const Instance& instance = tracked.instance;
  Labels all = instance.rule->annotations;
  const AlertText& text = tracked.text;
  all["summary"] = text.summary == text.fired_for
                       ? text.summary + deployed(tracked) + show_state(tracked, decision, now)
                       : text.summary + show_state(tracked, decision, now) + show_cause(text) +
                             deployed(tracked);
  all["summary"] += show_also(decision.also);
  if (!tracked.text.description.empty()) all["description"] = tracked.text.description;
  if (!tracked.text.run.empty()) {
    all["run"] = tracked.text.run;
    all["evidence_url"] = fmt::format("{}/runs/{}", options_.external_url, tracked.text.run);
  } else if (!tracked.text.probe.empty()) {
    all["evidence_url"] = probe_page(tracked.text.probe, instance.target);
  }
  if (!instance.rule->runbook.empty())
    all["runbook_url"] = instance.rule->runbook;
  else if (!options_.runbook_base.empty())
    all["runbook_url"] = fmt::format("{}/{}.md", options_.runbook_base, instance.rule->name);
  return all;
}

}  // namespace sonde::alert
