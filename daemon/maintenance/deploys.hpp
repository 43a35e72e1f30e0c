#pragma once
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/change.hpp"
#include "daemon/core/view.hpp"

namespace sonde::maintenance {

// The newest 100 deployments reported by deployment tools; kept across a restart. Main thread only.
class Deploys {
 public:
  static constexpr std::size_t kept = 100;

  void restore(std::span<const StateRecord> notes);

  // Adds a deployment of the last 30 days; the error says what is wrong with the request.
  std::expected<DeployMarker, std::string> add(const DeployRequest& request,
                                               std::span<const std::shared_ptr<const Check>> checks,
                                               WallTime now);
  // Newest first.
  const std::vector<DeployMarker>& list() const { return markers_; }
  // The newest deployment on the target, or on all targets, from `since` to `until`.
  std::optional<DeployMarker> recent(std::string_view target, WallTime since, WallTime until) const;
  // The newest deployment of each target of `checks` that has one, with the target's name also
  // where it concerned all targets.
  std::vector<DeployMarker> newest(std::span<const std::shared_ptr<const Check>> checks) const;

  // The records that changed since the last call.
  std::vector<StateRecord> take_notes();

 private:
  std::vector<DeployMarker> markers_;
  bool changed_ = false;
};

// "deploy v1.2 on production at 13:58 UTC".
std::string show(const DeployMarker& marker);

}  // namespace sonde::maintenance
