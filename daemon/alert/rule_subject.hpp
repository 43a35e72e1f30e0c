#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/alert/rule_settings.hpp"

namespace sonde::alert {

struct Instance;
struct Evaluation;
struct PriorState;
using SeenAt = std::map<std::string, WallTime>;
class EvalContext;

enum class Measured : std::uint8_t { share, span, count, burn };

// Role of an alert in the incident of its target. `path`: it pages first or joins the page of
// another alert. `beside`: it may join an incident, but holds back no other alert. `apart`: always
// notified separately.
enum class IncidentRole : std::uint8_t { path, beside, apart };

// Properties of an alert that depend only on its subject.
struct RuleSubject {
  std::string_view name;
  Measured measured;  // kind of its bound; burn: it has no bound
  bool falls;         // it fires below its bound; otherwise above it
  std::optional<Bound> usual;
  // The keys that this subject has, of those that not every subject has.
  std::vector<std::string_view> keys;
  // Whether a check can be judged by one rule; ignores the rule's selector.
  bool (*concerns)(const RuleSettings& rule, const Check& check);
  Evaluation (*judge)(const Instance& instance, EvalContext& context, const PriorState& past);
  std::string (*value)(const Evaluation& finding);  // "72.0 % (18 of 25)"
  // "upgrade auth success 72.0 % (18 of 25) over 10m on staging, wanted 90 %; logins 40 of 40"
  std::string (*headline)(const Instance& instance, const Evaluation& finding,
                          EvalContext& context);
  IncidentRole part;
  std::vector<Step> counts;  // the steps at which a failed run counts for it
  // What works again at the checks where it was seen; null: use the headline.
  std::string (*recovered)(const Instance& instance, const Evaluation& finding, const SeenAt& seen,
                           EvalContext& context) = nullptr;

  bool has(std::string_view key) const;
};
const RuleSubject& subject(AlertOf of);

// Whether the runs of a check reach a step if they pass.
bool goes_through(const Check& check, Step step);

// Whether a check is selected by the rule and is of a kind that its subject supports.
bool concerns(const RuleSettings& rule, const Check& check);

}  // namespace sonde::alert
