#include "daemon/alert/alert_text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "config/codec.hpp"
#include "daemon/alert/subject_rate.hpp"
#include "daemon/core/alert_json.hpp"
#include "daemon/core/objective.hpp"
#include "probes/text/printable.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::alert {
namespace {

constexpr std::size_t detail_max = 80;
constexpr std::size_t groups_max = 3;

std::string show_group(const FailureGroup& group, WallTime now) {
  const std::string detail = show_detail(group.detail);
  return fmt::format("{} x {}{} since {}", group.count,
                     show_cause(group.step, group.reason, group.concluded),
                     detail.empty() ? "" : " (" + detail + ")", show_time(group.first, now));
}

const RuleSubject& counted(const Instance& instance) {
  const RuleSettings& rule = *instance.rule;
  return rule.of == AlertOf::burn_rate ? subject(rule.rate) : *instance.subject;
}

bool counts(const Instance& instance, const FailureGroup& group) {
  const auto& steps = counted(instance).counts;
  const auto& reasons = instance.rule->reasons;
  return std::ranges::find(steps, group.step) != steps.end() &&
         (reasons.empty() || names_one_of(group, reasons));
}

// How far back the failures are searched: the longest window, or as long as the check has been
// failing.
Span reach(const RuleSettings& rule, const Check& check, EvalContext& context) {
  if (!rule.over.empty()) return *std::ranges::max_element(rule.over);
  if (rule.of == AlertOf::burn_rate) return pairs_of(rule.burn).front().lengthy.length;
  const auto& since = context.standing(check).failing_since;
  return since ? context.now() - *since + std::chrono::seconds(1) : Span{};
}

void add(std::vector<FailureGroup>& groups, const FailureGroup& more) {
  const auto same = std::ranges::find_if(groups, [&](const FailureGroup& group) {
    return group.step == more.step && group.reason == more.reason;
  });
  if (same == groups.end()) {
    groups.push_back(more);
    return;
  }
  if (more.last > same->last) same->detail = more.detail;
  if (more.concluded != Reason::ok) same->concluded = more.concluded;
  same->count += more.count;
  same->first = std::min(same->first, more.first);
  same->last = std::max(same->last, more.last);
}

// "below 90 % over 10m and 30m for 2m, clears from 93 %"
std::string show_rule(const RuleSettings& rule) {
  const auto& bound = rule.below ? rule.below : rule.above;
  const auto& clear = rule.below ? rule.clear_above : rule.clear_below;
  std::string text;
  if (bound) text += fmt::format(" {} {}", rule.below ? "below" : "above", show(*bound));
  for (std::size_t i = 0; i < rule.over.size(); ++i)
    text += (i == 0 ? " over " : " and ") + config::show(rule.over[i]);
  if (rule.hold > Span{}) text += " for " + config::show(rule.hold);
  if (clear) text += ", clears at " + show(*clear);
  return text.empty() ? "" : " " + rule.name + " fires" + text + ".";
}

std::string show_who(const Instance& instance) {
  if (instance.checks.empty()) return "";
  if (instance.checks.size() == 1)
    return fmt::format("Probe {} ({}) of {}.", instance.checks.front()->name,
                       instance.checks.front()->kind, instance.target);
  std::string names;
  for (const auto& check : instance.checks) names += (names.empty() ? "" : ", ") + check->name;
  return fmt::format("Probes {} of {}.", names, instance.target);
}

// Of the reason that the headline names.
std::string show_help(const FailureGroup& group) {
  const Reason reason = best_cause(group.reason, group.concluded);
  return fmt::format(" {}: {}", name(reason), row(reason).help);
}

std::string show_subject(const Instance& instance) {
  return instance.checks.size() == 1 ? instance.checks.front()->name
                                     : fmt::format("{} probes", instance.checks.size());
}

std::string show_silence(const Instance& instance, const Evaluation& finding,
                         EvalContext& context) {
  return fmt::format("no data of {} on {} since {}", show_subject(instance), instance.target,
                     show_time(finding.silent_since, context.now()));
}

// If the headline names the failure, the text does not repeat it.
bool names_failure(const RuleSettings& rule) {
  return rule.of == AlertOf::consecutive_failures || rule.of == AlertOf::false_green;
}

// The failure that the headline names.
std::optional<FailureGroup> named(const Instance& instance, const Evaluation& finding,
                                  const Failures& failures, EvalContext& context) {
  if (names_failure(*instance.rule) && finding.check)
    return context.standing(*finding.check).failing;
  if (failures.groups.empty()) return std::nullopt;
  return failures.groups.front();
}

}  // namespace

Failures failures_of(const Instance& instance, EvalContext& context) {
  Failures all;
  if (counted(instance).counts.empty()) return all;
  for (const auto& check : instance.checks) {
    const Span length = reach(*instance.rule, *check, context);
    if (length <= Span{}) continue;
    const auto found = context.view().failures(
        *check, std::chrono::ceil<std::chrono::seconds>(length), context.seconds());
    all.complete &= found.complete;
    for (const auto& group : found.groups)
      if (counts(instance, group)) add(all.groups, group);
  }
  std::ranges::sort(all.groups, [](const FailureGroup& a, const FailureGroup& b) {
    return std::pair(a.count, a.last) > std::pair(b.count, b.last);
  });
  return all;
}

namespace {

double measured_number(const Instance& instance, const Evaluation& finding) {
  constexpr double second = 1e9;  // a Span counts nanoseconds
  if (!finding.stretches.empty()) {
    const Tally& tally = finding.stretches.front().tally;
    const auto attempts = static_cast<double>(tally.attempts);
    return (attempts - static_cast<double>(tally.failures)) / attempts;
  }
  if (finding.quantile) return static_cast<double>(finding.quantile->value.count()) / second;
  if (instance.subject->measured == Measured::span)
    return static_cast<double>(finding.left.count()) / second;
  if (instance.subject->measured == Measured::count) return static_cast<double>(finding.count);
  return 1;
}

}  // namespace

namespace {

// What a reader looks at first: the newest proof.
std::string newest_run(const Evaluation& finding, const Failures& failures, EvalContext& context) {
  std::optional<FailureGroup> newest;
  if (finding.check) newest = context.standing(*finding.check).failing;
  for (const FailureGroup& group : failures.groups)
    if (!newest || group.last > newest->last) newest = group;
  return newest ? newest->run : "";
}

}  // namespace

AlertText tell(const Instance& instance, const Evaluation& finding, const Failures& failures,
               EvalContext& context) {
  AlertText text;
  text.at = context.now();
  if (finding.check) text.probe = finding.check->name;
  if (finding.holds == ConditionState::no_data) {
    text.value = "no data";
    text.number = std::numeric_limits<double>::quiet_NaN();
    text.summary = text.fired_for = show_silence(instance, finding, context);
    text.description = show_who(instance) + " It has not run, so it is not known whether it works.";
    return text;
  }
  text.value = instance.subject->value(finding);
  text.number = measured_number(instance, finding);
  text.summary = instance.subject->headline(instance, finding, context);
  if (!failures.groups.empty() && !names_failure(*instance.rule))
    text.summary += "; " + show_failures(failures, context.now());
  text.fired_for = text.summary;
  text.run = newest_run(finding, failures, context);
  text.description = show_who(instance);
  if (const auto group = named(instance, finding, failures, context))
    text.description += show_help(*group);
  text.description += show_rule(*instance.rule);
  return text;
}

AlertText tell_recovered(const Instance& instance, const Evaluation& finding, const SeenAt& seen,
                         AlertText fired, EvalContext& context) {
  const RuleSubject& subject = *instance.subject;
  fired.at = context.now();
  fired.value = has_numbers(instance, finding) ? subject.value(finding) : "";
  fired.number = has_numbers(instance, finding) ? measured_number(instance, finding) : fired.number;
  fired.summary = subject.recovered != nullptr ? subject.recovered(instance, finding, seen, context)
                                               : subject.headline(instance, finding, context);
  return fired;
}

// The news about a check may be that its runs are skipped.
AlertText tell_heard(const Instance& instance, AlertText fired, EvalContext& context) {
  const bool skipped = std::ranges::all_of(instance.checks, [&](const CheckPtr& check) {
    const CheckStatus& standing = context.standing(*check);
    return standing.suppressed > standing.last_run;
  });
  const std::string_view again = instance.checks.size() == 1 ? "runs again" : "run again";
  fired.at = context.now();
  fired.value = "";
  fired.description = show_who(instance);
  fired.summary = skipped
                      ? fmt::format("runs of {} on {} are skipped, because its logins are refused",
                                    show_subject(instance), instance.target)
                      : fmt::format("{} {} on {}", show_subject(instance), again, instance.target);
  return fired;
}

std::string show_cause(const AlertText& text) {
  return text.fired_for.empty() ? "" : "; it fired because: " + text.fired_for;
}

std::string tell_removed(Removed why, const Alert& alert, const AlertText& fired) {
  std::string text = "alert " + value_of(alert.labels, "alertname");
  const std::string& probe = value_of(alert.labels, "probe");
  if (why == Removed::rule)
    text += " is no longer configured";
  else if (why == Removed::changed_rule)
    text += " was changed in the configuration, and starts from the beginning";
  else if (probe.empty())
    text = fmt::format("no probe that {} watches is configured on {} any more", text, alert.target);
  else
    text = fmt::format("probe {} is no longer configured on {}", probe, alert.target);
  return text + show_cause(fired);
}

std::string show_share(Millionths share) {
  return config::show_number(100.0 * share / kWhole) + " %";
}

// Rounded down, so that a value below a bound is not shown as the bound.
std::string show_success(const Tally& tally) {
  if (tally.attempts == 0) return "no attempt";
  const auto good = tally.attempts - tally.failures;
  const auto tenths = good * 1000 / tally.attempts;
  return fmt::format("{}.{} % ({} of {})", tenths / 10, tenths % 10, good, tally.attempts);
}

std::string show_time(WallTime time, WallTime now) {
  const auto tm = fmt::gmtime(std::chrono::system_clock::to_time_t(time));
  return now - time < std::chrono::hours(20) ? fmt::format("{:%H:%M} UTC", tm)
                                             : fmt::format("{:%d %b %H:%M} UTC", tm);
}

std::string show_detail(const std::string& detail) {
  return text::shorten(text::printable(detail, true, detail_max), detail_max);
}

std::string show_failures(const Failures& failures, WallTime now) {
  std::string all;
  const auto& groups = failures.groups;
  for (std::size_t i = 0; i < std::min(groups.size(), groups_max); ++i)
    all += (i > 0 ? ", " : "") + show_group(groups[i], now);
  if (groups.size() > groups_max)
    all += fmt::format(" and {} more reason{}", groups.size() - groups_max,
                       groups.size() == groups_max + 1 ? "" : "s");
  return all;
}

}  // namespace sonde::alert
