#pragma once
#include <span>

#include "daemon/notify/post.hpp"
#include "daemon/view.hpp"

namespace sonde {

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

}  // namespace sonde
