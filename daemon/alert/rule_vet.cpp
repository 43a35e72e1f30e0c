#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "config/schema.hpp"
#include "daemon/alert/rule_names.hpp"
#include "daemon/alert/rule_subject.hpp"

namespace sonde {
namespace {

using config::Reader;
using config::Value;
using Checks = std::span<const std::shared_ptr<const Check>>;

// What the daemon fires of itself.
constexpr std::array<std::string_view, 3> taken = {"SondeBlind", "SondeStalled", "Watchdog"};
// Keys that not every subject has.
constexpr std::array<std::string_view, 14> special = {
    "event", "measure", "quantile",    "reasons",     "rate", "objective",   "burn",
    "below", "above",   "clear_above", "clear_below", "over", "min_samples", "min_failures"};
constexpr Span window_min = std::chrono::seconds(10);
constexpr Span window_max = std::chrono::hours(720);

// FNV-1a: cheap, and nobody gains by forging it.
std::string checksum(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return fmt::format("{:016x}", hash);
}

// One entry, as it becomes a rule.
class Vetter {
 public:
  Vetter(RuleSettings rule, const Value::Entry& entry, Checks checks, Reader reader)
      : rule_(std::move(rule)),
        entry_(entry),
        subject_(subject(rule_.of)),
        checks_(checks),
        reader_(std::move(reader)) {}

  RuleSettings vet();

 private:
  bool written(std::string_view key) const { return entry_.value.find(key) != nullptr; }
  const config::Place& place(std::string_view key) const;
  void wrong(std::string_view key, std::string text) const;
  void warn(std::string_view key, std::string text) const;

  void vet_keys() const;
  void vet_special();
  void vet_bounds();
  void vet_bound(std::string_view key, const std::optional<Bound>& bound) const;
  void vet_order() const;
  void vet_windows() const;
  void vet_room(const Check& check, Span window) const;
  void vet_checks() const;
  void vet_names(std::string_view key, const std::vector<std::string>& wanted,
                 std::string Check::* part) const;
  void vet_false_green();
  void fill();

  RuleSettings rule_;
  const Value::Entry& entry_;
  const Subject& subject_;
  Checks checks_;
  Reader reader_;
};

const config::Place& Vetter::place(std::string_view key) const {
  const Value* value = entry_.value.find(key);
  return value != nullptr ? value->place : entry_.place;
}

void Vetter::wrong(std::string_view key, std::string text) const {
  reader_.at(key).wrong(place(key), std::move(text));
}

void Vetter::warn(std::string_view key, std::string text) const {
  reader_.at(key).warn(place(key), std::move(text));
}

void Vetter::vet_keys() const {
  for (auto key : special)
    if (written(key) && !subject_.has(key))
      wrong(key, fmt::format("says nothing of '{}'; it takes {}", subject_.name,
                             fmt::join(subject_.keys, ", ")));
}

void Vetter::vet_special() {
  if (rule_.of == AlertOf::reason && rule_.reasons.empty())
    wrong("reasons", "name the reasons that it fires for");
  if (rule_.of != AlertOf::burn_rate) return;
  if (rule_.rate > AlertOf::probe_success)
    wrong("rate", "a budget is had by auth_success, event_delivery and probe_success alone");
  if (millionths(rule_.objective) >= kWhole)
    wrong("objective", "an objective of 100% has no budget that could burn");
}

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

void Vetter::vet_bound(std::string_view key, const std::optional<Bound>& bound) const {
  if (!bound || !subject_.has(key)) return;
  const bool no_sign = subject_.measured == Measured::share && bound->count;
  if (!fits(subject_.measured, *bound))
    wrong(key, wanted(subject_.measured) + (no_sign ? "; the % is missing" : ""));
  else if (bound->share && millionths(*bound->share) == 0)
    wrong(key, "nothing is ever below 0%");
}

double size(const Bound& bound) {
  if (bound.share) return bound.share->share;
  return bound.span ? seconds(*bound.span) : static_cast<double>(bound.count.value_or(0));
}

void Vetter::vet_order() const {
  const auto& fires = subject_.falls ? rule_.below : rule_.above;
  const auto& clears = subject_.falls ? rule_.clear_above : rule_.clear_below;
  if (!fires || !clears || !fits(subject_.measured, *fires) || !fits(subject_.measured, *clears))
    return;
  const bool crossed = subject_.falls ? size(*clears) < size(*fires) : size(*clears) > size(*fires);
  if (crossed)
    wrong(subject_.falls ? "clear_above" : "clear_below",
          fmt::format("it would clear at {} while it fires {} {}", show(*clears),
                      subject_.falls ? "below" : "above", show(*fires)));
}

void Vetter::vet_bounds() {
  vet_bound("below", rule_.below);
  vet_bound("above", rule_.above);
  vet_bound("clear_above", rule_.clear_above);
  vet_bound("clear_below", rule_.clear_below);
  auto& fires = subject_.falls ? rule_.below : rule_.above;
  if (!fires) fires = subject_.usual;
  const std::string_view key = subject_.falls ? "below" : "above";
  if (!fires && subject_.has(key) && !written(key))
    wrong(key, "say when it fires: " + wanted(subject_.measured));
  vet_order();
}

// Whether enough samples of a check can lie in a window.
void Vetter::vet_room(const Check& check, Span window) const {
  const auto runs = window / check.every;
  const std::string who = fmt::format("'{}' (every {})", check.name, config::show(check.every));
  if (subject_.has("min_samples") && rule_.by == InstanceBy::check && runs < rule_.min_samples)
    warn("over", fmt::format("{} holds {} runs of {}, fewer than min_samples ({}): it cannot fire",
                             config::show(window), runs, who, rule_.min_samples));
  else if (window < 2 * check.every)
    warn("over", fmt::format("{} is emptied by one skipped run of {}", config::show(window), who));
}

void Vetter::vet_windows() const {
  if (!subject_.has("over")) return;
  for (Span window : rule_.over) {
    if (window < window_min || window > window_max)
      wrong("over", fmt::format("a window is 10s to 30d long, not {}", config::show(window)));
    else
      for (const auto& check : checks_)
        if (concerns(rule_, *check)) vet_room(*check, window);
  }
}

void Vetter::vet_names(std::string_view key, const std::vector<std::string>& wanted,
                       std::string Check::* part) const {
  std::set<std::string_view> known;
  for (const auto& check : checks_) known.insert((*check).*part);
  for (const auto& name : wanted) {
    if (known.contains(name)) continue;
    const auto near = config::nearest(name, {known.begin(), known.end()});
    reader_.at("where").at(key).wrong(
        place("where"), fmt::format("there is no {}{}", config::quote(name),
                                    near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
  }
}

void Vetter::vet_checks() const {
  vet_names("probe", rule_.where.probe, &Check::name);
  vet_names("kind", rule_.where.kind, &Check::kind);
  vet_names("target", rule_.where.target, &Check::target);
  const auto chosen = [&](const auto& check) { return selects(rule_.where, *check); };
  const auto asked = [&](const auto& check) { return concerns(rule_, *check); };
  if (std::ranges::none_of(checks_, chosen))
    wrong("where", "there is no such probe: it would never fire");
  else if (std::ranges::none_of(checks_, asked) && !rule_.event.empty())
    wrong("event", "no probe that it watches hears " + config::quote(rule_.event));
  else if (std::ranges::none_of(checks_, asked))
    warn("of", "no probe that it watches can tell: it will never fire");
}

void Vetter::vet_false_green() {
  if (rule_.of != AlertOf::false_green) return;
  const Value* by = entry_.value.find("by");
  if (by != nullptr && by->text != "target") wrong("by", "false_green is of a target: by: target");
  rule_.by = InstanceBy::target;
}

void Vetter::fill() {
  const bool rate = subject_.measured == Measured::share;
  if (rate && rule_.below && rule_.below->share && !rule_.clear_above)
    rule_.clear_above = Bound{
        .share = config::Percent{static_cast<double>(clear_of(millionths(*rule_.below->share))) /
                                 kWhole},
        .span = {},
        .count = {}};
  if (!subject_.has("over")) rule_.over.clear();
  if (written("min_failures") && !written("min_samples")) rule_.min_samples = 1;
  if (rule_.of == AlertOf::burn_rate && !written("min_failures")) rule_.min_failures = 3;
  rule_.name = entry_.name;
  rule_.checksum = checksum(config::to_json(entry_.value, false));
}

RuleSettings Vetter::vet() {
  fill();
  vet_keys();
  vet_special();
  vet_bounds();
  vet_false_green();
  vet_windows();
  vet_checks();
  if (std::ranges::find(taken, entry_.name) != taken.end())
    reader_.wrong(entry_.place, "the daemon has an alert of this name of its own");
  vet_rule_names(rule_, entry_, reader_);
  return std::move(rule_);
}

}  // namespace

std::vector<RuleSettings> make_rules(const std::map<std::string, RuleSettings>& entries,
                                     const Value& root, Checks checks, config::Mistakes& mistakes) {
  std::vector<RuleSettings> rules;
  const Value* all = root.find("alerts");
  if (all == nullptr) return rules;
  const Reader reader = Reader(mistakes).at("alerts");
  for (const auto& entry : all->entries)
    if (const auto found = entries.find(entry.name); found != entries.end())
      rules.push_back(Vetter(found->second, entry, checks, reader.at(entry.name)).vet());
  return rules;
}

}  // namespace sonde
