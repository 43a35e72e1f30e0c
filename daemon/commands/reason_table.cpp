#include "daemon/commands/reason_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "probes/core/reason.hpp"
#include "probes/plan/kinds.hpp"

namespace sonde::commands {
namespace {

std::vector<Step> steps_of_kinds() {
  std::vector<Step> steps;
  for (const auto& kind : plan::kinds())
    for (Step step : kind.steps)
      if (std::ranges::find(steps, step) == steps.end()) steps.push_back(step);
  return steps;
}

// The steps that can have a reason, or its kind if any run can have it.
std::string where(const ReasonRow& row, const std::vector<Step>& steps) {
  std::string all;
  for (Step step : steps)
    if (row.steps.contains(step)) all += (all.empty() ? "" : " ") + std::string(name(step));
  return row.outcome == Outcome::fail ? all : fmt::format("*{}*", name(row.outcome));
}

}  // namespace

std::string reason_table() {
  const auto steps = steps_of_kinds();
  std::string text = "| reason | at | what happened |\n|---|---|---|\n";
  for (const auto& row : reasons())
    if (row.outcome != Outcome::pass && !row.unpublished)
      text += fmt::format("| `{}` | {} | {} |\n", row.name, where(row, steps), row.help);
  return text;
}

}  // namespace sonde::commands
