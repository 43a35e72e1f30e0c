#include "daemon/alert/rule_entry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "daemon/alert/rule_subject.hpp"
#include "daemon/core/objective.hpp"
#include "probes/text/ascii.hpp"

namespace sonde::alert {

namespace {

using config::Reader;
using config::Value;

constexpr std::array<std::string_view, 6> own_labels = {"alertname", "endpoint", "kind",
                                                        "probe",     "severity", "target"};
constexpr std::array<std::string_view, 5> own_annotations = {"description", "evidence_url", "run",
                                                             "runbook_url", "summary"};
constexpr std::size_t count_max = 20;
constexpr std::size_t text_max = 1000;

// [a-zA-Z_][a-zA-Z0-9_]*, the label names of Prometheus.
bool is_name(std::string_view name) {
  return !name.empty() && !text::is_digit(name.front()) && std::ranges::all_of(name, text::is_word);
}

void vet_label(const std::string& name, const std::string& text,
               std::span<const std::string_view> own, const config::Place& place,
               const Reader& reader) {
  if (!is_name(name) || name.starts_with("__"))
    reader.wrong(place, "a name here is [a-zA-Z_][a-zA-Z0-9_]* and does not start with '__'");
  else if (std::ranges::find(own, name) != own.end())
    reader.wrong(place, "is set by the daemon; choose another name");
  else if (text.empty() || text.size() > text_max)
    reader.wrong(place, fmt::format("a text of 1 to {} bytes is expected here", text_max));
}

void vet_labels(std::string_view key, const Labels& labels, std::span<const std::string_view> own,
                const Value::Entry& entry, const Reader& reader) {
  const Value* value = entry.value.find(key);
  if (value == nullptr) return;
  const Reader here = reader.at(key);
  if (labels.size() > count_max)
    here.wrong(value->place, fmt::format("at most {} are taken", count_max));
  for (const auto& [name, text] : labels)
    if (const Value* one = value->find(name)) vet_label(name, text, own, one->place, here.at(name));
}

bool is_address(std::string_view text) {
  const bool scheme = text.starts_with("https://") || text.starts_with("http://");
  const auto plain = [](char c) { return c > ' ' && c < 127; };
  return scheme && text.size() <= text_max && text.size() > std::string_view("https://").size() &&
         std::ranges::all_of(text, plain);
}

}  // namespace

void vet_rule_names(const RuleSettings& rule, const Value::Entry& entry, const Reader& reader) {
  if (!is_name(entry.name))
    reader.wrong(entry.place,
                 "the name of an alert is [a-zA-Z_][a-zA-Z0-9_]*, as Prometheus names it");
  vet_labels("labels", rule.labels, own_labels, entry, reader);
  vet_labels("annotations", rule.annotations, own_annotations, entry, reader);
  if (const Value* runbook = entry.value.find("runbook"); runbook && !is_address(rule.runbook))
    reader.at("runbook").wrong(runbook->place, "an address is expected here, https://...");
}

namespace {

constexpr Span window_min = std::chrono::seconds(10);
constexpr Span window_max = std::chrono::hours(720);

std::string wanted(Measured measured) {
  switch (measured) {
    case Measured::share:
      return "a percentage is expected here, such as 90%";
    case Measured::span:
      return "a duration is expected here, such as 2s or 14d";
    default:
      return "a whole number is expected here, such as 2";
  }
}

bool fits(Measured measured, const Bound& bound) {
  return measured == Measured::share  ? bound.share.has_value()
         : measured == Measured::span ? bound.span.has_value()
                                      : bound.count.has_value();
}

bool finer_than_counted(const config::Percent& share) {
  return std::abs(share.share * kWhole - millionths(share)) > 0.001;
}

void vet_bound(const RuleSubject& subject, const RuleEntry& entry, std::string_view key,
               const std::optional<Bound>& bound) {
  if (!bound || !subject.has(key)) return;
  const bool no_sign = subject.measured == Measured::share && bound->count;
  if (!fits(subject.measured, *bound))
    entry.wrong(key, wanted(subject.measured) + (no_sign ? "; the % is missing" : ""));
  else if (bound->share && millionths(*bound->share) == 0)
    entry.wrong(key, "nothing is ever below 0%");
  else if (bound->share && finer_than_counted(*bound->share))
    entry.wrong(key, "shares are compared to the fourth decimal of a percentage");
}

double size(const Bound& bound) {
  if (bound.share) return bound.share->share;
  return bound.span ? seconds(*bound.span) : static_cast<double>(bound.count.value_or(0));
}

void vet_order(const RuleSettings& rule, const RuleSubject& subject, const RuleEntry& entry) {
  const auto& fires = subject.falls ? rule.below : rule.above;
  const auto& clears = subject.falls ? rule.clear_above : rule.clear_below;
  if (!fires || !clears || !fits(subject.measured, *fires) || !fits(subject.measured, *clears))
    return;
  const bool crossed = subject.falls ? size(*clears) < size(*fires) : size(*clears) > size(*fires);
  if (crossed)
    entry.wrong(subject.falls ? "clear_above" : "clear_below",
                fmt::format("it would clear at {} while it fires {} {}", show(*clears),
                            subject.falls ? "below" : "above", show(*fires)));
}

// Whether a window can contain enough samples of a check.
void vet_room(const RuleSettings& rule, const RuleEntry& entry, const Check& check, Span window) {
  const auto runs = window / check.every;
  const std::string who = fmt::format("'{}' (every {})", check.name, config::show(check.every));
  if (subject(rule.of).has("min_samples") && rule.by == InstanceBy::check &&
      runs < rule.min_samples)
    entry.warn("over",
               fmt::format("{} holds {} runs of {}, fewer than min_samples ({}): it cannot fire",
                           config::show(window), runs, who, rule.min_samples));
  else if (window < 2 * check.every)
    entry.warn("over",
               fmt::format("{} is emptied by one skipped run of {}", config::show(window), who));
}

}  // namespace

void vet_bounds(RuleSettings& rule, const RuleEntry& entry) {
  const RuleSubject& subject = alert::subject(rule.of);
  vet_bound(subject, entry, "below", rule.below);
  vet_bound(subject, entry, "above", rule.above);
  vet_bound(subject, entry, "clear_above", rule.clear_above);
  vet_bound(subject, entry, "clear_below", rule.clear_below);
  auto& fires = subject.falls ? rule.below : rule.above;
  if (!fires) fires = subject.usual;
  const std::string_view key = subject.falls ? "below" : "above";
  if (!fires && subject.has(key) && !entry.written(key))
    entry.wrong(key, "say when it fires: " + wanted(subject.measured));
  vet_order(rule, subject, entry);
}

void vet_windows(const RuleSettings& rule, const RuleEntry& entry,
                 std::span<const std::shared_ptr<const Check>> checks) {
  if (!subject(rule.of).has("over")) return;
  for (Span window : rule.over) {
    if (window < window_min || window > window_max)
      entry.wrong("over", fmt::format("a window is 10s to 30d long, not {}", config::show(window)));
    else
      for (const auto& check : checks)
        if (concerns(rule, *check)) vet_room(rule, entry, *check, window);
  }
}

}  // namespace sonde::alert
