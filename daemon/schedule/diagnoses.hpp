#pragma once
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/core/clock.hpp"
#include "probes/diagnosis/diagnosis.hpp"

namespace sonde::schedule {

// What the experiments made of an observation.
struct Conclusion {
  Reason reason = Reason::ok;
  std::string because;
};

// What is known of the failures of one check: the observations since its last pass with their
// conclusions and the reason that they are counted under (the last 16), and how many were looked
// into in the last hour. Pure.
class Diagnoses {
 public:
  // What was known of failures is over: the next one is a change.
  void passed(Instant now);
  // Within ten minutes.
  bool passed_lately(Instant now) const;
  // Null: it was not looked into since the last pass.
  const Conclusion* known(const diagnosis::Observation& failure);
  // The reason that runs with this failure are counted under until the next pass: `reason` for the
  // first of them, which is about to be published, and the same for those that follow.
  Reason counted_as(const diagnosis::Observation& failure, Reason reason);

  // Whether a failure may be looked into: one at a time, so many an hour. Then end() follows.
  bool begin(int max_per_hour, Instant now);
  // Without a conclusion it may be looked into again; if nothing was asked, it does not count.
  void end(const diagnosis::Observation& failure, std::optional<Conclusion> conclusion, bool asked);

  // What has to survive a restart; empty: nothing. Of observations, in which a server may say a
  // secret, it holds a digest.
  std::string text() const;
  // Nothing is restored from a text that is none.
  void restore(std::string_view text);

 private:
  struct Known {
    diagnosis::Observation failure;
    std::optional<Conclusion> conclusion;
    std::optional<Reason> counted_as;
  };
  // One that was known before a restart, and was not met since.
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
