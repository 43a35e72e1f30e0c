#include "probes/core/reason.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace sonde {
namespace {

namespace traits {
constexpr unsigned none = 0, heals = 1, slow = 2, unanswered = 4, grave = 8, ends_session = 16,
                   unpublished = 32;
}  // namespace traits

consteval ReasonRow reason_row(Reason reason, std::string_view name, Outcome outcome, StepSet steps,
                               unsigned which, std::string_view help) {
  const auto has = [which](unsigned trait) { return (which & trait) != 0; };
  return {.reason = reason,
          .name = name,
          .outcome = outcome,
          .steps = steps,
          .heals = has(traits::heals),
          .slow = has(traits::slow),
          .unanswered = has(traits::unanswered),
          .grave = has(traits::grave),
          .ends_session = has(traits::ends_session),
          .unpublished = has(traits::unpublished),
          .help = help};
}

// The words of the table have a meaning inside these functions only.
consteval auto step_rows() {
  constexpr std::optional<int> beside;
  return std::array{
#define SONDE_STEP(name, place, deadline) StepRow{Step::name, #name, place, Reason::deadline},
#include "probes/core/reason_table.def"
  };
}

consteval auto reason_rows() {
  using enum Outcome;
  using namespace traits;
  constexpr StepSet any;
#define SONDE_STEP(name, ...) constexpr StepSet name = Step::name;
#include "probes/core/reason_table.def"
  constexpr StepSet request = health | login | upgrade, body = health | login;
  return std::array{
#define SONDE_REASON(name, outcome, steps, which, help) \
  reason_row(Reason::name, #name, outcome, steps, which, help),
#include "probes/core/reason_table.def"
  };
}

constexpr auto step_table = step_rows();
constexpr auto reason_table = reason_rows();
constexpr std::string_view outcome_names[] = {"pass", "fail", "inconclusive", "skipped"};

template <class Accepts>
std::vector<Reason> reasons_that(Accepts accepts) {
  std::vector<Reason> all;
  for (const ReasonRow& row : reason_table)
    if (accepts(row)) all.push_back(row.reason);
  return all;
}

}  // namespace

std::span<const StepRow> steps() { return step_table; }
std::span<const ReasonRow> reasons() { return reason_table; }
const StepRow& row(Step step) { return step_table[static_cast<std::size_t>(step)]; }
const ReasonRow& row(Reason reason) { return reason_table[static_cast<std::size_t>(reason)]; }

std::string_view name(Reason reason) { return row(reason).name; }
std::string_view name(Step step) { return row(step).name; }
std::string_view name(Outcome outcome) { return outcome_names[static_cast<std::size_t>(outcome)]; }

std::optional<Reason> reason_named(std::string_view wanted) {
  const auto* found = std::ranges::find(reason_table, wanted, &ReasonRow::name);
  return found == reason_table.end() ? std::nullopt : std::optional(found->reason);
}

std::optional<Step> step_named(std::string_view wanted) {
  const auto* found = std::ranges::find(step_table, wanted, &StepRow::name);
  return found == step_table.end() ? std::nullopt : std::optional(found->step);
}

std::optional<Outcome> outcome_named(std::string_view wanted) {
  const auto* found = std::ranges::find(outcome_names, wanted);
  if (found == std::end(outcome_names)) return std::nullopt;
  return static_cast<Outcome>(found - outcome_names);
}

std::span<const Reason> reasons_at(Step step) {
  static const auto lists = [] {
    std::array<std::vector<Reason>, step_table.size()> all;
    for (const StepRow& at : step_table)
      all[static_cast<std::size_t>(at.step)] =
          reasons_that([&](const ReasonRow& row) { return row.steps.contains(at.step); });
    return all;
  }();
  return lists[static_cast<std::size_t>(step)];
}

std::span<const Reason> inconclusive_reasons() {
  static const auto all =
      reasons_that([](const ReasonRow& row) { return row.outcome == Outcome::inconclusive; });
  return all;
}

std::span<const Reason> skipped_reasons() {
  static const auto all = reasons_that(
      [](const ReasonRow& row) { return row.outcome == Outcome::skipped && !row.unpublished; });
  return all;
}

std::vector<Pair> pairs_of(std::span<const Step> steps) {
  std::vector<Pair> pairs;
  for (Step step : steps)
    for (Reason reason : reasons_at(step)) pairs.push_back({step, reason});
  return pairs;
}

}  // namespace sonde
