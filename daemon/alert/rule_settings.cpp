#include "daemon/alert/rule_settings.hpp"

#include <algorithm>
#include <array>

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
