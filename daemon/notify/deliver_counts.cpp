#include "daemon/notify/deliver_counts.hpp"

#include <algorithm>

namespace sonde::notify {
namespace {

const std::vector<double> bounds = {0.05, 0.1, 0.25, 0.5, 1, 5, 10, 30};  // as many as a probe has

}  // namespace

DeliverCounts::DeliverCounts() {
  for (const auto& [text, trouble] : config::names<DeliveryError>())
    if (trouble != DeliveryError::none) facts_.failed.emplace(text, 0);
  facts_.durations_bounds = bounds;
  facts_.durations.resize(bounds.size() + 1);
}

void DeliverCounts::count(const Posted& posted, WallTime now) {
  ++facts_.sent;
  const double took = seconds(posted.took);
  const auto bucket = std::ranges::lower_bound(bounds, took) - bounds.begin();
  ++facts_.durations[static_cast<std::size_t>(bucket)];
  facts_.durations_sum += took;
  if (posted.receipt.outcome == DeliveryOutcome::accepted)
    facts_.last_success = now;
  else
    ++facts_.failed[std::string(name(posted.receipt.trouble))];
}

}  // namespace sonde::notify
