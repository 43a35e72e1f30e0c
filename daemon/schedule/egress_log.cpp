#include "daemon/schedule/egress_log.hpp"

#include <utility>

namespace sonde::schedule {
namespace {

// Asked during the failure, or answered just before its end or later: it applies to that time.
bool concerns(const std::optional<EgressAnswer>& answer, Instant began, Instant ended) {
  return answer && (answer->asked >= began || answer->at + EgressLog::just_now >= ended);
}

}  // namespace

void EgressLog::add(EgressAnswer answer) { (answer.up ? up_ : down_) = std::move(answer); }

EgressState EgressLog::judge(Instant began, Instant ended) const {
  if (concerns(down_, began, ended)) return EgressState::down;
  if (concerns(up_, began, ended) && up_->at + fresh >= ended) return EgressState::up;
  return EgressState::unknown;
}

}  // namespace sonde::schedule
