#include "daemon/page/path.hpp"

#include <algorithm>

#include "daemon/core/check_state.hpp"

namespace sonde::page {
namespace {

bool has_stage(const Check& check, Stage stage) {
  return std::ranges::any_of(check.steps, [&](Step step) { return stage_of(step) == stage; });
}

// What one check says about a stage that it goes through.
Mark mark_at(const CheckFacts& facts, Stage stage) {
  if (facts.mark != Mark::failing) return facts.mark;
  const Stage failed = stage_of(facts.status.failing->step);
  if (failed == stage) return Mark::failing;
  return failed > stage ? Mark::passing : Mark::blocked;
}

// A check of the kind that the stage is named after explains it better than one that goes through.
bool explains(const CheckFacts& facts, Stage stage) { return facts.check->kind == name(stage); }

void describe(StageFacts& box, const CheckFacts& facts) {
  const FailureGroup& failing = *facts.status.failing;
  box.probe = facts.check->name;
  box.step = failing.step;
  box.reason = failing.reason;
  box.concluded = failing.concluded;
  box.detail = failing.detail;
}

// When the failures of a check took the reason that they have now.
WallTime reason_since(const CheckStatus& status) {
  return std::max(status.failing->first, status.failing_since.value_or(status.failing->first));
}

void add_failure(StageFacts& box, const CheckFacts& facts) {
  const bool first = box.mark != Mark::failing;
  const bool grave = row(facts.status.failing->reason).grave;
  if (first || (grave && !row(box.reason).grave) ||
      (explains(facts, box.stage) && !row(box.reason).grave)) {
    describe(box, facts);
    box.since.reset();
    box.failures = 0;
  }
  box.mark = Mark::failing;
  const WallTime began = facts.status.failing_since.value_or(facts.status.failing->first);
  if (!box.failing || began < *box.failing) box.failing = began;
  if (facts.status.failing->step != box.step || facts.status.failing->reason != box.reason) return;
  box.failures = std::max(box.failures, facts.status.failing->count);
  const WallTime since = reason_since(facts.status);
  if (!box.since || since < *box.since) box.since = since;
}

// The marks that a box may have while nothing fails there, the one that says most first.
int weight(Mark mark) {
  switch (mark) {
    case Mark::passing:
      return 4;
    case Mark::blocked:
      return 3;
    case Mark::unclear:
      return 2;
    case Mark::waiting:
      return 1;
    case Mark::failing:
    case Mark::absent:
      break;
  }
  return 0;
}

StageFacts box_of(std::span<const CheckFacts> checks, Stage stage) {
  StageFacts box{.stage = stage};
  for (const CheckFacts& facts : checks)
    if (has_stage(*facts.check, stage) && mark_at(facts, stage) == Mark::failing)
      add_failure(box, facts);
  if (box.failing && box.since && *box.failing >= *box.since) box.failing.reset();
  if (box.mark == Mark::failing) return box;
  bool own = false;
  for (const CheckFacts& facts : checks) {
    if (!has_stage(*facts.check, stage)) continue;
    const Mark mark = mark_at(facts, stage);
    const bool better = weight(mark) > weight(box.mark);
    if (better || (mark == box.mark && !own && explains(facts, stage))) {
      box.probe = facts.check->name;
      own = explains(facts, stage);
    }
    if (better) box.mark = mark;
  }
  return box;
}

}  // namespace

bool is_held_back(const CheckStatus& status) { return status.suppressed > status.last_run; }

Mark mark_of(const Check& check, const CheckStatus& status, WallTime now) {
  switch (state_of(check, status, now)) {
    case CheckState::failing:
      return Mark::failing;
    case CheckState::inconclusive:
      return Mark::unclear;
    case CheckState::unknown:
      return status.last ? Mark::unclear : Mark::waiting;
    case CheckState::passing:
      break;
  }
  return Mark::passing;
}

Stages stages_of(std::span<const CheckFacts> checks) {
  Stages boxes;
  for (std::size_t i = 0; i < stage_count; ++i) boxes.at(i) = box_of(checks, static_cast<Stage>(i));
  return boxes;
}

}  // namespace sonde::page
