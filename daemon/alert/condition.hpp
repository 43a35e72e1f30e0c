#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/alert/rule_instance.hpp"
#include "daemon/core/objective.hpp"
#include "daemon/core/view.hpp"

namespace sonde::alert {

// Whether what an alert is about is so. unknown: there are too few samples, and the alert stays as
// it is. no_data: nothing was measured for so long that this is worth an alert itself.
enum class ConditionState : std::uint8_t { no, yes, unknown, no_data };

// A rate in one of the windows of a rule.
struct WindowSample {
  Span window{};
  Tally tally;
};

// At which checks what an alert is about was seen while it holds; by key_of. It has to be over at
// each of them, and its end is told of these. The time is, of a reason, that of the last failed
// run; of what else, when it began or was seen there.
using SeenAt = std::map<std::string, WallTime>;

// What was found, and the numbers that say so.
struct Evaluation {
  ConditionState holds = ConditionState::unknown;
  CheckPtr check;                       // the worst of a target's
  Rate rate;                            // of rates: the worst
  std::vector<WindowSample> stretches;  // of rates: in each window
  std::optional<Quantile> quantile;
  std::uint64_t count = 0;
  Span left{};            // until a certificate expires
  WallTime silent_since;  // of no_data
  SeenAt seen;
};

// What the alert did before. A firing one goes on until its clear bound is reached, by the rate for
// which it fires; one that fires for want of data goes on until there are some.
struct PriorState {
  bool firing = false;
  std::optional<Rate> blamed;
  std::optional<WallTime> silent_since = {};  // when it began to fire for want of data
  SeenAt seen = {};
};

// Since when checks are watched as they are now. A reload that adds one, or makes it run more
// often, gives it time to run; what it has of old is no older because of that. A value.
class WatchTimes {
 public:
  // From `now` on exactly these.
  void assign(std::span<const CheckPtr> checks, WallTime now);
  // Nobody looked before `now`: the machine slept.
  void restart(WallTime now);
  // In the far future for a check that nobody watches.
  WallTime since(const Check& check) const;

 private:
  struct Watched {
    Span patience;
    WallTime since;
  };
  std::map<std::string, Watched> all_;  // by key_of
};

// What is known at one moment. It remembers what it was told of a check, so make one for each
// round of judging.
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
  // When a check last said anything, failed or inconclusive, or why it does not run, or was first
  // looked at.
  WallTime heard(const Check& check);
  // Whether it said anything since.
  bool heard_since(const Check& check, WallTime since);

 private:
  const View& view_;
  WallTime now_;
  const WatchTimes& watched_;
  std::optional<bool> blind_;
  std::map<const Check*, CheckStatus> standings_;
};

// Whether there is anything to show of what was found.
bool has_numbers(const Instance& instance, const Evaluation& finding);

// Pure but for what the View says.
Evaluation judge(const Instance& instance, EvalContext& sight, const PriorState& past);

// How long a check may be silent: three times its `every` and a timeout.
Span patience(const Check& check);

// Of a burn_rate: two windows each, the first pair the faster one.
std::span<const BurnPair> pairs_of(Burn burn);

// The rates that `of` judges apart; one population each.
std::vector<Rate> rates_of(AlertOf of, const RuleSettings& rule, std::span<const CheckPtr> checks);

// Whether the failures have one of these reasons, or were concluded to.
bool names_one_of(const FailureGroup& group, const std::vector<Reason>& reasons);

// Of the table of subjects.
Evaluation judge_rate(const Instance& instance, EvalContext& sight, const PriorState& past);
Evaluation judge_burn(const Instance& instance, EvalContext& sight, const PriorState& past);
Evaluation judge_latency(const Instance& instance, EvalContext& sight, const PriorState& past);
Evaluation judge_row(const Instance& instance, EvalContext& sight, const PriorState& past);
Evaluation judge_certificate(const Instance& instance, EvalContext& sight, const PriorState& past);
Evaluation judge_reason(const Instance& instance, EvalContext& sight, const PriorState& past);
Evaluation judge_false_green(const Instance& instance, EvalContext& sight, const PriorState& past);

}  // namespace sonde::alert
