#pragma once
#include <string>

#include "daemon/alert/alert_instance.hpp"
#include "daemon/alert/incident.hpp"

namespace sonde::alert {

struct EngineOptions;

// What the incident of a target has to know of a firing alert, and what receivers read of it. All
// that it refers to has to outlive it.
class Notices {
 public:
  Notices(const View& view, const EngineOptions& options, const AlertInstances& instances)
      : view_(view), options_(options), instances_(instances) {}

  // The alert as a member of the incident of its target, with the reason why it is not notified.
  IncidentMember member(const AlertInstance& tracked, WallTime now) const;
  // The annotations that receivers get: summary, description, links.
  Labels annotations(const AlertInstance& tracked, const NotifyDecision& decision,
                     WallTime now) const;
  // What failed, if all is good again and it is only kept firing; otherwise empty.
  static std::string failed(const AlertInstance& tracked);
  // The URL of the page about it: that of its probe, or the incidents of its target.
  std::string page(const Instance& instance) const;

 private:
  std::string probe_page(const std::string& probe, const std::string& target) const;
  std::string suppressed(const Instance& instance, WallTime now) const;
  std::string deployed(const AlertInstance& tracked) const;
  bool waits_for_run(const AlertInstance& tracked) const;
  std::string cause_of(const AlertInstance& tracked) const;

  const View& view_;
  const EngineOptions& options_;
  const AlertInstances& instances_;
};

}  // namespace sonde::alert
