#pragma once
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/alert/rule_instance.hpp"
#include "daemon/core/objective.hpp"
#include "daemon/core/view.hpp"

namespace sonde::alert {

// Whether the condition of an alert holds. unknown: too few samples, the alert keeps its state.
// no_data: nothing was measured for so long that the alert fires for that.
enum class ConditionState : std::uint8_t { no, yes, unknown, no_data };

// A rate in one of the windows of a rule.
struct WindowSample {
  Span window{};
  Tally tally;
};

// The checks, by key_of, at which the condition was seen while the alert holds. It has to end at
// each of them, and the text of the end names them. The time is that of the last failed run for a
// reason alert; for all others, when the condition began or was seen at the check.
using SeenAt = std::map<std::string, WallTime>;

// The result of evaluating a condition, with the numbers behind it.
struct Evaluation {
  ConditionState holds = ConditionState::unknown;
  CheckPtr check;                       // of a target's checks, the worst
  Rate rate;                            // of rate alerts: the worst rate
  std::vector<WindowSample> stretches;  // of rate alerts: one for each window
  std::optional<Quantile> quantile;
  std::uint64_t count = 0;
  Span left{};            // time until a certificate expires
  WallTime silent_since;  // for no_data
  SeenAt seen;
};

// The previous state of the alert. A firing alert goes on until its clear bound is reached, by the
// rate for which it fires; a no-data alert goes on until there are data.
struct PriorState {
  bool firing = false;
  std::optional<Rate> blamed;
  std::optional<WallTime> silent_since = {};  // when it began to fire for no_data
  SeenAt seen = {};
};

// Since when each check has been watched in its current form. A check that a reload adds, or makes
// run more often, gets time to run first; its earlier results do not become older by that. A value.
class WatchTimes {
 public:
  // Replaces the watched checks.
  void assign(std::span<const CheckPtr> checks, WallTime now);
  // Nothing was watched before `now`: the machine slept.
  void restart(WallTime now);
  // Returns a time in the far future for a check that is not watched.
  WallTime since(const Check& check) const;

 private:
  struct Watched {
    Span patience;
    WallTime since;
  };
  std::unordered_map<std::string, Watched> all_;  // by key_of
};

// What is known at one moment. It caches the status of each check, so make a new one for each round
// of evaluation.
class EvalContext {
 public:
  // `watched`: before that nobody looked, so silence is counted from then on. It outlives the
  // Sight.
  EvalContext(const View& view, WallTime now, const WatchTimes& watched,
              std::optional<bool> blind = false)
      : view_(view), now_(now), watched_(watched), blind_(blind) {}

  const View& view() const { return view_; }
  WallTime now() const { return now_; }
  WallSeconds seconds() const;
  // No egress reference is known to answer: nothing is to be judged.
  bool blind() const { return blind_ != false; }
  // Whether none answers; nothing: none was asked yet.
  std::optional<bool> egress_is_down() const { return blind_; }
  const CheckStatus& standing(const Check& check);
  // When a check last gave a result (failed or inconclusive included) or a reason for not running;
  // if neither, when it was first watched.
  WallTime heard(const Check& check);
  // Whether the check gave anything of this after `since`.
  bool heard_since(const Check& check, WallTime since);

 private:
  const View& view_;
  WallTime now_;
  const WatchTimes& watched_;
  std::optional<bool> blind_;
  struct Known {
    CheckStatus standing;
    WallTime watched_since;
  };
  const Known& known(const Check& check);
  std::map<const Check*, Known> known_;
};

// Whether the evaluation has numbers to show.
bool has_numbers(const Instance& instance, const Evaluation& finding);

// Depends only on the arguments and the View.
Evaluation judge(const Instance& instance, EvalContext& context, const PriorState& past);

// How long a check may give no result: three times its `every` plus its timeout.
Span patience(const Check& check);

// Whether the failures have one of these reasons, or experiments concluded one of them.
bool names_one_of(const FailureGroup& group, const std::vector<Reason>& reasons);

}  // namespace sonde::alert
