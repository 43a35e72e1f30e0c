#include "daemon/alert/rule_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string_view>

#include "config/schema.hpp"
#include "daemon/alert/rule_entry.hpp"
#include "daemon/alert/rule_subject.hpp"

namespace sonde {

std::span<const config::Named<Timed>> names_of(const Timed*) {
  static constexpr std::array<config::Named<Timed>, 5> names = {
      {{"duration", Timed::duration},
       {"ready", Timed::ready},
       {"first_event", Timed::first_event},
       {"terminal_event", Timed::terminal_event},
       {"longest_silence", Timed::longest_silence}}};
  return names;
}

}  // namespace sonde

namespace sonde::alert {
namespace {

constexpr double day = 86400;

// Names of the reasons that a failed run can have.
const std::vector<std::string_view>& failing() {
  static const auto names = [] {
    std::vector<std::string_view> all;
    for (const auto& row : reasons())
      if (row.outcome == Outcome::fail) all.push_back(row.name);
    return all;
  }();
  return names;
}

}  // namespace

std::span<const config::Named<InstanceBy>> names_of(const InstanceBy*) {
  static constexpr std::array<config::Named<InstanceBy>, 2> names = {
      {{"probe", InstanceBy::check}, {"target", InstanceBy::target}}};
  return names;
}

std::span<const config::Named<Burn>> names_of(const Burn*) {
  static constexpr std::array<config::Named<Burn>, 2> names = {
      {{"page", Burn::page}, {"ticket", Burn::ticket}}};
  return names;
}

const config::Section<RuleSettings>& section_of(const RuleSettings*) {
  using R = RuleSettings;
  static const auto keys =
      config::Section<R>()
          .key("of", &R::of, "What it is about.", {.required = true})
          .key("event", &R::event,
               "Of event_delivery: which event; without it the one that is lost most.")
          .key("measure", &R::measure, "Of latency: what is timed.")
          .key("quantile", &R::quantile, "Of latency: which share of the runs is not slower.",
               {.min = 0.5, .max = 0.999})
          .key("reasons", &R::reasons, "Of reason: which reasons.", {.min = 1, .max = 50})
          .key("rate", &R::rate, "Of burn_rate: auth_success, event_delivery or probe_success.")
          .key("objective", &R::objective, "Of burn_rate: how much should succeed in 30 days.")
          .key("burn", &R::burn,
               "Of burn_rate: how fast is too fast. page: 14.4 times over 1h and 5m, or 6 times "
               "over 6h and 30m; ticket: 3 times over 24h and 2h, or as allowed over 3d and 6h.")
          .key("below", &R::below,
               "Fires below it: a percentage for rates, a duration for certificate_expiry.")
          .key("above", &R::above,
               "Fires above it: a duration for latency, a number for what is counted.")
          .key("clear_above", &R::clear_above,
               "Clears from there on; for rates 0.3 of the way from 'below' to 100% (93% for 90%).")
          .key("clear_below", &R::clear_below, "Clears from there down; 'above' itself.")
          .key("over", &R::over, "The window; of a list, each has to be beyond the bound.",
               {.min = 1, .max = 4})
          .key("for", &R::hold, "How long it has to be so before it fires.", {.min = 0, .max = day})
          .key("keep_firing_for", &R::keep_firing_for, "How long it fires on after it has cleared.",
               {.min = 0, .max = day})
          .key("min_samples", &R::min_samples,
               "With fewer samples in a window it neither fires nor clears.",
               {.min = 1, .max = 1000000})
          .key("min_failures", &R::min_failures,
               "With fewer failures in a window it does not fire; where it is written, min_samples "
               "is 1 unless that is written, too. Of burn_rate 3.",
               {.min = 0, .max = 1000000})
          .key("no_data_after", &R::no_data_after,
               "Fires when nothing was measured for so long; without it, three times 'every' and a "
               "'timeout' of the probe.",
               {.min = 1, .max = 30 * day})
          .key("severity", &R::severity, "How loud it is: critical pages.")
          .key("by", &R::by, "One alert a probe and target, or one a target, of its sums.")
          .key("where", &R::where, "Which probes it watches; without it, all that it can.")
          .key("labels", &R::labels, "Further labels, part of its identity.")
          .key("annotations", &R::annotations, "Further annotations.")
          .key("runbook", &R::runbook, "The address of what to do about it, http(s)://.");
  return keys;
}

}  // namespace sonde::alert

namespace sonde::config {

bool Codec<Reason>::read(const Value& value, const Reader& reader, const Rule&, Reason& out) {
  const auto index = read_name(value, reader, alert::failing());
  if (index) out = *reason_named(alert::failing()[*index]);
  return index.has_value();
}

Value Codec<Reason>::schema(const Rule&) {
  Value names = schema_names(alert::failing());
  names.entries.push_back({"title", {}, scalar("reason")});
  return names;
}

}  // namespace sonde::config

namespace sonde::alert {
namespace {

using config::Reader;
using config::Value;
using Checks = std::span<const std::shared_ptr<const Check>>;

// Names of built-in alerts, or of rules about Sonde in Prometheus, now or in later versions.
bool is_taken(std::string_view name) { return name.starts_with("Sonde") || name == "Watchdog"; }

// Keys that only some subjects have.
constexpr std::array<std::string_view, 14> special = {
    "event", "measure", "quantile",    "reasons",     "rate", "objective",   "burn",
    "below", "above",   "clear_above", "clear_below", "over", "min_samples", "min_failures"};

// FNV-1a: fast; resistance to forgery is not needed.
std::string checksum(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return fmt::format("{:016x}", hash);
}

// Makes a rule from one entry.
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
      entry_.wrong(key, fmt::format("does not apply to '{}', which takes {}", subject_.name,
                                    fmt::join(subject_.keys, ", ")));
}

void Vetter::vet_special() {
  if (rule_.of == AlertOf::reason && rule_.reasons.empty())
    entry_.wrong("reasons", "name the reasons that it fires for");
  if (rule_.of != AlertOf::burn_rate) return;
  if (rule_.rate > AlertOf::probe_success)
    entry_.wrong("rate",
                 "only auth_success, event_delivery and probe_success have an error budget");
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
    entry_.warn("of", "no probe that it watches measures this, so it will never fire");
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
