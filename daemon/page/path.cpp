#include "daemon/page/path.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <vector>

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
  box.maintained = !facts.maintenance.empty();
}

// When the failures of a check took the reason that they have now.
WallTime reason_since(const CheckStatus& status) {
  return std::max(status.failing->first, status.failing_since.value_or(status.failing->first));
}

// How much of the stage a failure takes from its users.
int severity(Reason reason) {
  if (row(reason).grave) return 3;
  if (reason == Reason::latency_limit || reason == Reason::event_late) return 0;
  return row(reason).slow ? 1 : 2;
}

// Of several failing checks the one with the greatest explains the box.
auto weight(const CheckFacts& facts, Stage stage) {
  return std::tuple(facts.maintenance.empty(), severity(facts.status.failing->reason),
                    explains(facts, stage));
}

bool fails_alike(const StageFacts& box, const CheckFacts& facts) {
  const FailureGroup& failing = *facts.status.failing;
  return failing.step == box.step && failing.reason == box.reason;
}

StageFacts failing_box(const std::vector<const CheckFacts*>& failing, Stage stage) {
  const CheckFacts& worst = **std::ranges::max_element(
      failing, {}, [&](const CheckFacts* facts) { return weight(*facts, stage); });
  StageFacts box{.stage = stage, .mark = Mark::failing};
  describe(box, worst);
  for (const CheckFacts* facts : failing) {
    if (!fails_alike(box, *facts)) continue;
    box.failures = std::max(box.failures, facts->status.failing->count);
    const WallTime since = reason_since(facts->status);
    if (!box.since || since < *box.since) box.since = since;
  }
  const auto& began = worst.status.failing_since;
  if (began && *began < *box.since) box.failing = began;
  return box;
}

// The marks that a box may have while nothing fails there, the one that says most first. `own`: of
// probes of the stage, all of which have to work; of others one that gets past it is enough.
int weight(Mark mark, bool own) {
  switch (mark) {
    case Mark::unclear:
      return own ? 5 : 3;
    case Mark::passing:
      return 4;
    case Mark::blocked:
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
  std::vector<const CheckFacts*> through, failing;
  for (const CheckFacts& facts : checks)
    if (has_stage(*facts.check, stage)) through.push_back(&facts);
  std::ranges::copy_if(through, std::back_inserter(failing), [&](const CheckFacts* facts) {
    return mark_at(*facts, stage) == Mark::failing;
  });
  if (!failing.empty()) return failing_box(failing, stage);
  StageFacts box{.stage = stage};
  for (const bool own : {true, false}) {
    for (const CheckFacts* facts : through) {
      const Mark mark = mark_at(*facts, stage);
      if (explains(*facts, stage) != own || weight(mark, own) <= weight(box.mark, own)) continue;
      box.mark = mark;
      box.probe = facts->check->name;
    }
    if (box.mark == Mark::unclear || box.mark == Mark::passing) break;
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
