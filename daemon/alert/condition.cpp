#include "daemon/alert/condition.hpp"

#include <algorithm>
#include <utility>

#include "daemon/core/change.hpp"

namespace sonde::alert {
namespace {

// nullopt if any of its checks gave a result in time.
std::optional<WallTime> silent_since(const Instance& instance, EvalContext& context,
                                     const PriorState& past) {
  WallTime last{};
  for (const auto& check : instance.checks) {
    const WallTime heard = context.heard(*check);
    const Span silence = context.now() - heard;
    const bool in_time = silence <= instance.rule->no_data_after.value_or(patience(*check));
    // The restart of watching, after a restart of the daemon, is not a result of the check.
    const bool waits = past.silent_since && *past.silent_since <= context.now();
    if (in_time && (!waits || context.heard_since(*check, *past.silent_since))) return {};
    last = std::max(last, heard);
  }
  return last;
}

std::optional<WallTime> last_word(const CheckStatus& standing) {
  return std::max(standing.last_run, standing.suppressed);  // nullopt is less than any time
}

}  // namespace

WallSeconds EvalContext::seconds() const {
  return std::chrono::floor<std::chrono::seconds>(now_.time_since_epoch());
}

const EvalContext::Known& EvalContext::known(const Check& check) {
  auto found = known_.find(&check);
  if (found == known_.end())
    found = known_.emplace(&check, Known{view_.standing(check), watched_.since(check)}).first;
  return found->second;
}

const CheckStatus& EvalContext::standing(const Check& check) { return known(check).standing; }

WallTime EvalContext::heard(const Check& check) {
  const auto& [standing, since] = known(check);
  return std::max(last_word(standing).value_or(since), since);
}

bool EvalContext::heard_since(const Check& check, WallTime since) {
  const auto last = last_word(standing(check));
  return last && *last > since;
}

void WatchTimes::assign(std::span<const CheckPtr> checks, WallTime now) {
  const auto old = std::exchange(all_, {});
  for (const auto& check : checks) {
    const auto known = old.find(key_of(*check));
    const bool as_patient = known != old.end() && known->second.patience <= patience(*check);
    all_[key_of(*check)] = {patience(*check), as_patient ? known->second.since : now};
  }
}

void WatchTimes::restart(WallTime now) {
  for (auto& [key, watched] : all_) watched.since = now;
}

WallTime WatchTimes::since(const Check& check) const {
  const auto known = all_.find(key_of(check));
  return known != all_.end() ? known->second.since : WallTime::max();
}

bool has_numbers(const Instance& instance, const Evaluation& finding) {
  switch (instance.subject->measured) {
    case Measured::share:
    case Measured::burn:
      return !finding.stretches.empty();
    case Measured::span:
      return finding.quantile || finding.left != Span{};
    case Measured::count:
      return finding.check != nullptr;
  }
  return false;
}

bool names_one_of(const FailureGroup& group, const std::vector<Reason>& reasons) {
  return std::ranges::any_of(
      reasons, [&](Reason reason) { return group.reason == reason || group.concluded == reason; });
}

Span patience(const Check& check) { return 3 * check.every + check.timeout; }

Evaluation judge(const Instance& instance, EvalContext& context, const PriorState& past) {
  if (!instance.checks.empty()) {
    if (const auto since = silent_since(instance, context, past)) {
      Evaluation finding;
      finding.holds = ConditionState::no_data;
      finding.check = instance.checks.front();
      finding.silent_since = *since;
      return finding;
    }
  }
  return instance.subject->judge(instance, context, past);
}

}  // namespace sonde::alert
