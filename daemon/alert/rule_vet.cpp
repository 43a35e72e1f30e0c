#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "config/schema.hpp"
#include "daemon/alert/rule_entry.hpp"
#include "daemon/alert/rule_names.hpp"
#include "daemon/alert/rule_subject.hpp"

namespace sonde::alert {
namespace {

using config::Reader;
using config::Value;
using Checks = std::span<const std::shared_ptr<const Check>>;

// What the daemon fires of itself, or its rules in Prometheus, now or in a later version.
bool is_taken(std::string_view name) { return name.starts_with("Sonde") || name == "Watchdog"; }

// Keys that not every subject has.
constexpr std::array<std::string_view, 14> special = {
    "event", "measure", "quantile",    "reasons",     "rate", "objective",   "burn",
    "below", "above",   "clear_above", "clear_below", "over", "min_samples", "min_failures"};

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
        subject_(subject(rule_.of)),
        entry_(entry, std::move(reader)),
        checks_(checks) {}

  RuleSettings vet();

 private:
  void vet_keys() const;
  void vet_special();
  void vet_checks() const;
  void vet_names(std::string_view key, const std::vector<std::string>& wanted,
                 std::string Check::* part) const;
  void vet_false_green();
  void fill();

  RuleSettings rule_;
  const RuleSubject& subject_;
  RuleEntry entry_;
  Checks checks_;
};

void Vetter::vet_keys() const {
  for (auto key : special)
    if (entry_.written(key) && !subject_.has(key))
      entry_.wrong(key, fmt::format("says nothing of '{}'; it takes {}", subject_.name,
                                    fmt::join(subject_.keys, ", ")));
}

void Vetter::vet_special() {
  if (rule_.of == AlertOf::reason && rule_.reasons.empty())
    entry_.wrong("reasons", "name the reasons that it fires for");
  if (rule_.of != AlertOf::burn_rate) return;
  if (rule_.rate > AlertOf::probe_success)
    entry_.wrong("rate", "a budget is had by auth_success, event_delivery and probe_success alone");
  if (millionths(rule_.objective) >= kWhole)
    entry_.wrong("objective", "an objective of 100% has no budget that could burn");
}

void Vetter::vet_names(std::string_view key, const std::vector<std::string>& wanted,
                       std::string Check::* part) const {
  std::set<std::string_view> known;
  for (const auto& check : checks_) known.insert((*check).*part);
  for (const auto& name : wanted) {
    if (known.contains(name)) continue;
    entry_.reader().at("where").at(key).wrong(
        entry_.place("where"), config::no_such("", name, {known.begin(), known.end()}));
  }
}

void Vetter::vet_checks() const {
  vet_names("probe", rule_.where.probe, &Check::name);
  vet_names("kind", rule_.where.kind, &Check::kind);
  vet_names("target", rule_.where.target, &Check::target);
  const auto chosen = [&](const auto& check) { return selects(rule_.where, *check); };
  const auto asked = [&](const auto& check) { return concerns(rule_, *check); };
  if (std::ranges::none_of(checks_, chosen))
    entry_.wrong("where", "there is no such probe: it would never fire");
  else if (std::ranges::none_of(checks_, asked) && !rule_.event.empty())
    entry_.wrong("event", "no probe that it watches hears " + config::quote(rule_.event));
  else if (std::ranges::none_of(checks_, asked))
    entry_.warn("of", "no probe that it watches can tell: it will never fire");
}

void Vetter::vet_false_green() {
  if (rule_.of != AlertOf::false_green) return;
  const Value* by = entry_.find("by");
  if (by != nullptr && by->text != "target")
    entry_.wrong("by", "false_green is of a target: by: target");
  rule_.by = InstanceBy::target;
  const auto green = [&](const auto& health) {
    return health->kind == "health" && std::ranges::any_of(checks_, [&](const auto& check) {
             return check->target == health->target && concerns(rule_, *check);
           });
  };
  if (std::ranges::none_of(checks_, green))
    entry_.warn("of", "no target that it watches has a health probe: it will never fire");
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
  if (entry_.written("min_failures") && !entry_.written("min_samples")) rule_.min_samples = 1;
  if (rule_.of == AlertOf::burn_rate && !entry_.written("min_failures")) rule_.min_failures = 3;
  rule_.name = entry_.entry().name;
  rule_.checksum = checksum(config::to_json(entry_.entry().value, false));
}

RuleSettings Vetter::vet() {
  fill();
  vet_keys();
  vet_special();
  vet_bounds(rule_, entry_);
  vet_false_green();
  vet_windows(rule_, entry_, checks_);
  vet_checks();
  if (is_taken(entry_.entry().name))
    entry_.reader().wrong(
        entry_.entry().place,
        "the daemon keeps Watchdog and what begins with Sonde for alerts of its own");
  vet_rule_names(rule_, entry_.entry(), entry_.reader());
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

}  // namespace sonde::alert
