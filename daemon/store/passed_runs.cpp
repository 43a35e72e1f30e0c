#include "daemon/store/passed_runs.hpp"

#include <chrono>
#include <utility>

#include "daemon/store/transcript.hpp"

namespace sonde::store {
namespace {

constexpr Span forgotten_after = std::chrono::hours(1);

}  // namespace

// Null: there are too many. A check that was removed stays until its place is needed.
PassedRuns::Known* PassedRuns::find(const std::string& check, Instant now) {
  if (const auto known = checks_.find(check); known != checks_.end()) return &known->second;
  if (checks_.size() >= checks_max)
    std::erase_if(checks_,
                  [now](const auto& entry) { return now - entry.second.seen > forgotten_after; });
  return checks_.size() < checks_max ? &checks_[check] : nullptr;
}

void PassedRuns::add(const ResultPtr& result, Instant now, std::vector<PassedRun>& wanted) {
  const Outcome outcome = result->verdict.outcome;
  if ((outcome != Outcome::pass && outcome != Outcome::fail) || !has_trace(*result)) return;
  const std::string check = key_of(*result->check);
  Known* known = find(check, now);
  if (known == nullptr) return;
  known->seen = now;
  if (outcome == Outcome::pass) return pass(check, *known, result, wanted);
  if (known->newest && !known->failing && (known->stored || limiter_.take(check, now, true)))
    wanted.push_back({known->newest, true});
  known->newest.reset();
  known->failing = true;
}

void PassedRuns::pass(const std::string& check, Known& known, const ResultPtr& result,
                      std::vector<PassedRun>& wanted) {
  const bool first = std::exchange(known.failing, false);
  const bool due = known.sampled == Instant::min() || known.seen - known.sampled >= every_;
  known.newest = result;
  known.stored = (first || due) && limiter_.take(check, known.seen, first);
  if (!known.stored) return;
  known.sampled = known.seen;
  wanted.push_back({result, first});
}

std::vector<PassedRun> PassedRuns::take_held() {
  std::vector<PassedRun> held;
  for (auto& [check, known] : checks_)
    if (known.newest && !std::exchange(known.stored, true)) held.push_back({known.newest, false});
  return held;
}

}  // namespace sonde::store
