#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sonde {

// What a run says about its target. `inconclusive`: nothing, because the prober was at fault.
enum class Outcome : std::uint8_t { pass, fail, inconclusive, skipped };

// The position on a user's path at which a run failed; a metric label with a fixed set of values.
enum class Step : std::uint8_t {
#define SONDE_STEP(name, ...) name,
#include "probes/core/reason_table.def"
};

// What went wrong there, network causes included; a metric label with a fixed set of values.
enum class Reason : std::uint8_t {
#define SONDE_REASON(name, ...) name,
#include "probes/core/reason_table.def"
};

// A set of steps.
class StepSet {
 public:
  constexpr StepSet() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): a step is a set of one
  constexpr StepSet(Step step) : bits_(1U << static_cast<unsigned>(step)) {}
  constexpr StepSet operator|(StepSet other) const {
    StepSet both;
    both.bits_ = bits_ | other.bits_;
    return both;
  }
  constexpr bool contains(Step step) const { return (bits_ >> static_cast<unsigned>(step)) & 1U; }

 private:
  std::uint32_t bits_ = 0;
};

// What reason_table.def says about a step and about a reason; the fields are explained there.
struct StepRow {
  Step step;
  std::string_view name;
  std::optional<int> place;
  Reason deadline;
};
struct ReasonRow {
  Reason reason;
  std::string_view name;
  Outcome outcome;
  StepSet steps;
  bool heals, slow, unanswered, grave, ends_session, unpublished;
  std::string_view help;
};

// In the order of the enums.
std::span<const StepRow> steps();
std::span<const ReasonRow> reasons();
const StepRow& row(Step step);
const ReasonRow& row(Reason reason);

std::string_view name(Reason reason);
std::string_view name(Step step);
std::string_view name(Outcome outcome);
std::optional<Reason> reason_named(std::string_view name);
std::optional<Step> step_named(std::string_view name);
std::optional<Outcome> outcome_named(std::string_view name);

// The reasons that can end a run at a step.
std::span<const Reason> reasons_at(Step step);

// The published inconclusive and skipped reasons, which every kind can report.
std::span<const Reason> inconclusive_reasons();
std::span<const Reason> skipped_reasons();

// A failure that a kind of probe can report; metrics create a series with value 0 for each.
struct Pair {
  Step step;
  Reason reason;
};
// Every pair that the steps of a kind can produce.
std::vector<Pair> pairs_of(std::span<const Step> steps);

// Why something failed: the reason, and a detail for people that says what, where and, if it helps,
// what to do. The caller knows the step.
struct Failure {
  Reason reason = Reason::ok;
  std::string detail;  // may hold secrets until a Result is made of it
};

// The failure of an operation that was not begun or not finished because the run was cancelled.
inline Failure cut_failure() { return {Reason::cut, ""}; }

}  // namespace sonde
