#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/percent.hpp"
#include "config/section.hpp"
#include "daemon/alert/alert.hpp"
#include "daemon/view.hpp"

namespace sonde {

// What an alert is about.
enum class AlertOf : std::uint8_t {
  auth_success,          // the worse of the logins and the upgrades
  event_delivery,        // one event, or the worst of all
  probe_success,         // runs that passed
  latency,               // a quantile of `measure`
  consecutive_failures,  // failed runs in a row
  certificate_expiry,    // time left of the certificate that expires first
  reason,                // a run failed for one of `reasons` within the window
  false_green,  // health passes while a login, upgrade or chat of the target fails in a row
  burn_rate     // the error budget of `rate` burns too fast in two windows
};

// A bound as it is written: a share for rates (`90%`), a duration for latency and certificates
// (`2s`, `14d`), a whole number for counts. Exactly one is set.
struct Bound {
  std::optional<config::Percent> share;
  std::optional<Span> span;
  std::optional<std::uint64_t> count;
};

struct Selector {
  std::vector<std::string> probe, kind, target;  // any of each; an empty list: all
};
bool selects(const Selector& selector, const Check& check);

enum class InstanceBy : std::uint8_t { check, target };
enum class Burn : std::uint8_t { page, ticket };

// One entry of `alerts:`. Constant after loading.
struct RuleSettings {
  std::string name;
  AlertOf of = AlertOf::probe_success;
  std::string event;                              // of event_delivery
  Timed measure = Timed::duration;                // of latency
  double quantile = 0.95;                         // of latency
  std::vector<Reason> reasons;                    // of reason
  AlertOf rate = AlertOf::auth_success;           // of burn_rate
  config::Percent objective{.share = 0.995};      // of burn_rate
  Burn burn = Burn::page;                         // of burn_rate
  std::optional<Bound> below, above;              // when it fires; strictly
  std::optional<Bound> clear_above, clear_below;  // when it clears; nothing: the default
  std::vector<Span> over;                         // all of them must be beyond the bound
  Span hold{};                                    // `for`
  Span keep_firing_for = std::chrono::minutes(5);
  int min_samples = 10;
  int min_failures = 0;
  std::optional<Span> no_data_after;  // nothing: three times every, and a timeout, of the check
  Severity severity = Severity::warning;
  InstanceBy by = InstanceBy::check;
  Selector where;
  Labels labels, annotations;
  std::string runbook;   // a URL
  std::string checksum;  // changes exactly if the entry does
};
const config::Section<RuleSettings>& section_of(const RuleSettings*);

}  // namespace sonde
