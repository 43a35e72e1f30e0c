#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "probes/core/clock.hpp"
#include "probes/core/reason.hpp"

namespace sonde::schedule {

// Whether our own network reaches the world: `up` as soon as one reference answers.
enum class EgressState : std::uint8_t { unknown, down, up };

// One round of questions to the references.
struct EgressAnswer {
  Instant asked, at;  // when it began, and when it was known
  bool up = false;
  std::string detail;  // of a round that nobody answered: what came of each reference
};

// Whether a failure for this reason may come from our own network, for nobody was heard: names,
// connections, and silence on one that had come about. An answer that is merely a bad one proves
// the way.
bool consults_egress(Reason reason);

// What the last rounds say of a failure that began and ended then. Pure.
class EgressLog {
 public:
  // Above this age an answer says nothing of a failure, for the way may be gone since; where it was
  // not asked for during the failure, above the shorter one. So failures that come fast do not
  // wait, and the references are not asked more often than that.
  static constexpr Span fresh = std::chrono::seconds(1);
  static constexpr Span just_now = std::chrono::milliseconds(200);

  void add(EgressAnswer answer);
  // `down`: in a round of that time nobody answered. `up`: somebody did, and lately. `unknown`: the
  // references are to be asked anew.
  EgressState judge(Instant began, Instant ended) const;
  const std::string& why_down() const { return down_ ? down_->detail : nothing_; }

 private:
  std::optional<EgressAnswer> up_, down_;  // the last of each
  std::string nothing_;
};

}  // namespace sonde::schedule
