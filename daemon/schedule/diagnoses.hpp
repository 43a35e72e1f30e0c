#pragma once
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/core/clock.hpp"
#include "probes/core/probe.hpp"
#include "probes/diagnosis/diagnosis.hpp"

namespace sonde::schedule {

// What of failed refusal checks survives a restart: a line each, beside those of Diagnoses, after
// one that says by a Check::refusal_fingerprint what they tried. Pure.
std::string text_of(const StandingRefusals& standing, std::string_view tried);
// Whether those among the lines of a text tried this; `tried` is not empty.
bool tries_same(std::string_view text, std::string_view tried);
// Those among the lines of a text; at most 16.
StandingRefusals standing_refusals_in(std::string_view text);

// The result of the experiments about an observation.
struct Conclusion {
  Reason reason = Reason::ok;
  std::string because;
};

// The failures of one check: the last 16 different observations since its last passed run, with
// their conclusions and the reason that they are counted under, and how many diagnoses were begun
// in the last hour. Pure.
class Diagnoses {
 public:
  // The check passed: known failures are forgotten, so the next failure is a change.
  void passed(Instant now);
  // Whether it passed within the last ten minutes.
  bool passed_lately(Instant now) const;
  // Null: the failure was not diagnosed since the last passed run.
  const Conclusion* known(const diagnosis::Observation& failure);
  // The reason that runs with this failure are counted under until the next passed run: the first
  // one fixes it as `reason`, later ones get the same.
  Reason counted_as(const diagnosis::Observation& failure, Reason reason);

  // Whether a diagnosis of the failure may start: one at a time, `max_per_hour` an hour. If true,
  // call end() afterwards.
  bool begin(int max_per_hour, Instant now);
  // Without a conclusion the failure may be diagnosed again; if no request was made (`asked`), the
  // diagnosis does not count for the limit.
  void end(const diagnosis::Observation& failure, std::optional<Conclusion> conclusion, bool asked);

  // State to keep across a restart; empty: none. Observations are stored as a digest, because a
  // server's answer may contain a secret.
  std::string text() const;
  // An invalid text restores nothing.
  void restore(std::string_view text);

 private:
  struct Known {
    diagnosis::Observation failure;
    std::optional<Conclusion> conclusion;
    std::optional<Reason> counted_as;
  };
  // A failure that was known before a restart, and has not occurred since.
  struct Remembered {
    std::string digest;
    std::optional<Conclusion> conclusion;
    Reason counted_as;
  };
  Known* find(const diagnosis::Observation& failure);
  Known& entry(const diagnosis::Observation& failure);

  std::optional<Instant> passed_;
  std::deque<Known> known_;
  std::vector<Remembered> remembered_;
  std::deque<Instant> begun_;
  bool under_way_ = false;
};

}  // namespace sonde::schedule
