#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/percent.hpp"
#include "config/section.hpp"
#include "daemon/alert/bound.hpp"
#include "daemon/core/alert.hpp"
#include "daemon/core/selector.hpp"
#include "daemon/core/view.hpp"

namespace sonde {
std::span<const config::Named<Timed>> names_of(const Timed*);
}  // namespace sonde

namespace sonde::alert {

// The subject of an alert.
enum class AlertOf : std::uint8_t {
  auth_success,          // the lower of the rates of logins and of upgrades
  event_delivery,        // one event, or the lowest rate of all events
  probe_success,         // runs that passed
  latency,               // a quantile of `measure`
  consecutive_failures,  // failed runs in a row
  certificate_expiry,    // time until a certificate expires, one alert for each host and port
  reason,                // runs failed for one of `reasons` within the window
  false_green,  // health passes while a login, upgrade or chat of the target fails in a row
  burn_rate     // the error budget of `rate` burns too fast in two windows
};
std::span<const config::Named<AlertOf>> names_of(const AlertOf*);

enum class InstanceBy : std::uint8_t { check, target };
std::span<const config::Named<InstanceBy>> names_of(const InstanceBy*);
enum class Burn : std::uint8_t { page, ticket };
std::span<const config::Named<Burn>> names_of(const Burn*);

// One entry of `alerts:`. Not changed after loading.
struct RuleSettings {
  std::string name;
  AlertOf of = AlertOf::probe_success;
  std::string event;                                 // of event_delivery; empty: the worst of all
  Timed measure = Timed::duration;                   // of latency
  double quantile = 0.95;                            // of latency
  std::vector<Reason> reasons;                       // of reason
  AlertOf rate = AlertOf::auth_success;              // of burn_rate
  config::Percent objective{.share = 0.995};         // of burn_rate
  Burn burn = Burn::page;                            // of burn_rate
  std::optional<Bound> below, above;                 // it fires strictly beyond the bound
  std::optional<Bound> clear_above, clear_below;     // it clears when the bound is reached
  std::vector<Span> over{std::chrono::minutes(10)};  // windows; all have to be beyond the bound
  Span hold{};                                       // `for`
  Span keep_firing_for = std::chrono::minutes(5);
  int min_samples = 10;               // in each window; 1 if only min_failures is written
  int min_failures = 0;               // in each window
  std::optional<Span> no_data_after;  // empty: three times `every` plus the timeout of the check
  Severity severity = Severity::warning;
  InstanceBy by = InstanceBy::check;
  Selector where;
  Labels labels, annotations;
  std::string runbook;   // a URL
  std::string checksum;  // changes exactly when the entry changes
};
const config::Section<RuleSettings>& section_of(const RuleSettings*);

// Makes the rules of the entries of `alerts:`, in the order of the file. Each is checked against
// its subject, the checks and the names already in use; missing values get defaults: the bound,
// `clear_above` for rates, `over` (empty for subjects without a window). `root` is the whole file,
// to locate mistakes.
std::vector<RuleSettings> make_rules(const std::map<std::string, RuleSettings>& entries,
                                     const config::Value& root,
                                     std::span<const std::shared_ptr<const Check>> checks,
                                     config::Mistakes& mistakes);

}  // namespace sonde::alert

namespace sonde::config {
// Codec of a reason that a failed run can have, by its name.
template <>
struct Codec<Reason> {
  static bool read(const Value&, const Reader&, const Rule&, Reason& out);
  static Value schema(const Rule&);
  static std::string show(Reason reason) { return std::string(name(reason)); }
};
}  // namespace sonde::config
