#pragma once
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/schedule/schedule.hpp"
#include "daemon/schedule/scheduled_check.hpp"
#include "daemon/schedule/worker.hpp"

namespace sonde::schedule {

// The checks of one worker and their schedule. A reload keeps what has not changed. Pure, except
// that it makes probes.
class CheckSet {
 public:
  using Make = std::function<std::unique_ptr<Probe>(const Check&)>;

  // From `now` on exactly these; those known by their identity keep their entry and their phase.
  // A refusal check that failed stands for the changed check in the place of another, if it tries
  // the same.
  void assign(std::vector<Assignment> assignments, const Make& make, Instant now);
  void clear();
  // Conclusions from before the start of the process, by key_of; call it before assign().
  void restore(std::map<std::string, std::string> conclusions);

  // Null: there is no check with that identity.
  ScheduledCheckPtr find(const std::string& identity) const;

  Schedule& schedule() { return schedule_; }
  const ScheduledCheckPtr& entry(std::size_t id) const { return entries_.at(id); }

 private:
  using Standing = std::map<std::string, std::shared_ptr<StandingRefusals>>;

  void add(Assignment assignment, const Make& make, Instant now, const Standing& standing);
  Standing standing() const;  // the refusal checks that fail, of all entries, by target and kind

  Schedule schedule_;
  std::size_t next_id_ = 0;
  std::unordered_map<std::size_t, ScheduledCheckPtr> entries_;
  std::unordered_map<std::string, std::size_t> ids_;  // by identity
  std::map<std::string, std::string> remembered_;     // of checks that are not assigned yet
};

}  // namespace sonde::schedule
