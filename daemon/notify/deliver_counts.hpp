#pragma once
#include <span>

#include "daemon/core/view.hpp"
#include "daemon/notify/post.hpp"

namespace sonde::notify {

// Counts the deliveries to one destination, for metrics.
class DeliverCounts {
 public:
  DeliverCounts();
  void count(const Posted& posted, WallTime now);
  // Without the figures of the queue.
  const ReceiverFacts& facts() const { return facts_; }

 private:
  ReceiverFacts facts_;
};

}  // namespace sonde::notify
