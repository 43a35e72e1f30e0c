#include "daemon/report/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace sonde::report {
namespace {

// Whether this run was retried: the next Result of its probe is a later attempt.
bool was_retried(std::span<const ResultPtr> results, std::size_t index) {
  const auto later = results.subspan(index + 1);
  const auto next = std::ranges::find(later, results[index]->check,
                                      [](const ResultPtr& result) { return result->check; });
  return next != later.end() && (*next)->attempt > results[index]->attempt;
}

void count(const Result& result, Tally& tally) {
  ++tally.runs;
  switch (result.verdict.outcome) {
    case Outcome::pass:
      ++tally.passed;
      tally.flaky += result.attempt > 1 ? 1 : 0;
      break;
    case Outcome::fail:
      ++tally.failed;
      break;
    case Outcome::inconclusive:
      ++tally.inconclusive;
      break;
    case Outcome::skipped:
      ++tally.skipped;
      break;
  }
}

std::string counted(int number, std::string_view word, Paint paint, const TextStyle& style) {
  const std::string text = fmt::format("{} {}", number, word);
  return number == 0 ? text : painted(text, paint, style);
}

}  // namespace

Tally tally(std::span<const ResultPtr> results) {
  Tally all;
  std::set<const Check*> checks;
  for (std::size_t i = 0; i < results.size(); ++i) {
    checks.insert(results[i]->check.get());
    if (!was_retried(results, i)) count(*results[i], all);
  }
  all.probes = static_cast<int>(checks.size());
  return all;
}

std::string summary(const Tally& tally, Span took, const TextStyle& style) {
  std::string line = fmt::format("{} probe{}", tally.probes, tally.probes == 1 ? "" : "s");
  if (tally.runs != tally.probes) line += fmt::format(", {} runs", tally.runs);
  line += fmt::format(": {}", counted(tally.passed, "passed", Paint::good, style));
  if (tally.flaky > 0) line += fmt::format(" ({} flaky)", tally.flaky);
  line += fmt::format(", {}", counted(tally.failed, "failed", Paint::bad, style));
  line += fmt::format(", {}", counted(tally.inconclusive, "inconclusive", Paint::odd, style));
  if (tally.skipped > 0)
    line += fmt::format(", {}", counted(tally.skipped, "skipped", Paint::odd, style));
  return line + fmt::format(" in {:.1f} s", seconds(took));
}

int exit_code(const Tally& tally) {
  if (tally.failed > 0) return 1;
  return tally.inconclusive + tally.skipped > 0 ? 2 : 0;
}

}  // namespace sonde::report
