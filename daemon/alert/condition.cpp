#include "daemon/alert/condition.hpp"

#include <algorithm>

namespace sonde {
namespace {

// Nothing, if any of its checks was heard of in time.
std::optional<WallTime> silent_since(const Instance& instance, Sight& sight) {
  WallTime last{};
  for (const auto& check : instance.checks) {
    const WallTime heard = sight.heard(*check);
    if (sight.now() - heard <= instance.rule->no_data_after.value_or(patience(*check))) return {};
    last = std::max(last, heard);
  }
  return last;
}

}  // namespace

WallSeconds Sight::seconds() const {
  return std::chrono::floor<std::chrono::seconds>(now_.time_since_epoch());
}

const Standing& Sight::standing(const Check& check) {
  auto found = standings_.find(&check);
  if (found == standings_.end()) found = standings_.emplace(&check, view_.standing(check)).first;
  return found->second;
}

WallTime Sight::heard(const Check& check) {
  return std::max(standing(check).last_run.value_or(watched_since_), watched_since_);
}

bool has_numbers(const Instance& instance, const Finding& finding) {
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

Finding judge(const Instance& instance, Sight& sight, const Past& past) {
  if (!instance.checks.empty()) {
    if (const auto since = silent_since(instance, sight)) {
      Finding finding;
      finding.holds = Holds::no_data;
      finding.check = instance.checks.front();
      finding.silent_since = *since;
      return finding;
    }
  }
  return instance.subject->judge(instance, sight, past);
}

}  // namespace sonde
