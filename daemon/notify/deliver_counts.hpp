#pragma once
#include <span>

#include "daemon/core/view.hpp"
#include "daemon/notify/post.hpp"

namespace sonde::notify {

// How deliveries to one place went, for metrics.
class DeliverCounts {
 public:
  DeliverCounts();
  void count(const Posted& posted, WallTime now);
  // Without what the queue knows.
  const ReceiverFacts& facts() const { return facts_; }

 private:
  ReceiverFacts facts_;
};

}  // namespace sonde::notify
