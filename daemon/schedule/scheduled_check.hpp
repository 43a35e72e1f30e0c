#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "daemon/schedule/diagnoses.hpp"
#include "probes/core/check.hpp"
#include "probes/core/probe.hpp"

namespace sonde::schedule {

// Equal for two checks exactly if a reload may keep the one in place of the other.
inline std::string identity(const Check& check) {
  return check.name + '\0' + check.target + '\0' + check.fingerprint;
}

// A check in its worker: the probe, and the state that attempts keep for later ones. Runs share
// ownership, so that they end with the configuration that they began with.
struct ScheduledCheck {
  std::shared_ptr<const Check> check;
  std::unique_ptr<Probe> probe;
  std::shared_ptr<std::atomic<int>> in_flight;  // written only by the worker
  std::optional<Instant> refused;               // the last round of refusal checks
  std::optional<std::uint32_t> refusal_turn;    // of the next one; empty: all are made at once
  // The refusals that failed when last checked; never null. Runs that end under an earlier
  // configuration and those of the next one share it while they try the same.
  std::shared_ptr<StandingRefusals> standing = std::make_shared<StandingRefusals>();
  Diagnoses diagnoses;  // what is known of its failures
};
using ScheduledCheckPtr = std::shared_ptr<ScheduledCheck>;

// Counts a run as under way as long as it lives.
class InFlightGuard {
 public:
  explicit InFlightGuard(ScheduledCheckPtr entry) : station_(std::move(entry)) {
    ++*station_->in_flight;
  }
  ~InFlightGuard() {
    if (station_) --*station_->in_flight;
  }
  InFlightGuard(InFlightGuard&&) = default;
  InFlightGuard& operator=(InFlightGuard&&) = delete;
  ScheduledCheck& entry() const { return *station_; }

 private:
  ScheduledCheckPtr station_;
};

}  // namespace sonde::schedule
