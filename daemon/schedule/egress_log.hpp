#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "probes/core/clock.hpp"

namespace sonde::schedule {

// Whether our own network reaches the internet: `up` as soon as one reference answers.
enum class EgressState : std::uint8_t { unknown, down, up };

// The result of one round of questions to the references.
struct EgressAnswer {
  Instant asked, at;  // start of the round, and when the result was known
  bool up = false;
  std::string detail;  // of a round without an answer: the outcome for each reference
};

// Judges from the last rounds whether a failure was caused by our own network. Pure.
class EgressLog {
 public:
  // An older answer is not used for a failure, because the network may have failed since. If the
  // answer was not requested during the failure, the shorter limit applies. So failures in quick
  // succession do not wait, and the references are not asked more often than that.
  static constexpr Span fresh = std::chrono::seconds(1);
  static constexpr Span just_now = std::chrono::milliseconds(200);

  void add(EgressAnswer answer);
  // `down`: a round at that time got no answer. `up`: one did, recently enough. `unknown`: the
  // references have to be asked again.
  EgressState judge(Instant began, Instant ended) const;
  const std::string& why_down() const { return down_ ? down_->detail : nothing_; }

 private:
  std::optional<EgressAnswer> up_, down_;  // the last round of each outcome
  std::string nothing_;
};

}  // namespace sonde::schedule
