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

// What went live lately, as whoever deploys says; the newest 100, which survive a restart. On the
// main thread.
class Deploys {
 public:
  static constexpr std::size_t kept = 100;

  void restore(std::span<const StateRecord> notes);

  // The marker that was made, or what is wrong with the wish. It may be of the last 30 days.
  std::expected<DeployMarker, std::string> add(const DeployWish& wish,
                                               std::span<const std::shared_ptr<const Check>> checks,
                                               WallTime now);
  // The newest first.
  const std::vector<DeployMarker>& list() const { return markers_; }
  // The newest of the target, or of all targets, from `since` to `until`.
  std::optional<DeployMarker> recent(std::string_view target, WallTime since, WallTime until) const;

  // What changed since the last call, for the store.
  std::vector<StateRecord> take_notes();

 private:
  std::vector<DeployMarker> markers_;
  bool changed_ = false;
};

// "deploy v1.2 on production at 13:58 UTC".
std::string show(const DeployMarker& marker);

}  // namespace sonde::maintenance
