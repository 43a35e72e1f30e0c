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

// How an alert stands to the one incident of its target. `path`: it pages first or extends the
// page of another. `beside`: it may extend one, but no other is silent because of it. `apart`: told
// by itself, whatever else fires.
enum class IncidentRole : std::uint8_t { path, beside, apart };

// What can be said of an alert by what it is about.
struct RuleSubject {
  std::string_view name;
  Measured measured;  // what its bound is; burn: it has none
  bool falls;         // it fires below its bound, else above
  std::optional<Bound> usual;
  // Of the keys that some subjects have and others have not, its own.
  std::vector<std::string_view> keys;
  // Whether a check can be asked; of one rule, without its selector.
  bool (*concerns)(const RuleSettings& rule, const Check& check);
  Evaluation (*judge)(const Instance& instance, EvalContext& sight, const PriorState& past);
  std::string (*value)(const Evaluation& finding);  // "72.0 % (18 of 25)"
  // "upgrade auth success 72.0 % (18 of 25) over 10m on staging, wanted 90 %; logins 40 of 40"
  std::string (*headline)(const Instance& instance, const Evaluation& finding, EvalContext& sight);
  IncidentRole part;
  std::vector<Step> counts;  // the steps at which a failed run counts for it
  // What works again at the checks where it was seen; null: the headline says it.
  std::string (*recovered)(const Instance& instance, const Evaluation& finding, const SeenAt& seen,
                           EvalContext& sight) = nullptr;

  bool has(std::string_view key) const;
};
const RuleSubject& subject(AlertOf of);

// Whether the runs of a check reach a step when all goes well.
bool goes_through(const Check& check, Step step);

// The checks that a rule is about: selected, and of a kind that its subject knows.
bool concerns(const RuleSettings& rule, const Check& check);

}  // namespace sonde::alert
