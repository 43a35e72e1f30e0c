#pragma once
#include "daemon/core/result.hpp"

namespace sonde {

// Somebody who is handed every Result: metrics, judge, record. Called on the main thread, one
// after the other in the order of the list; none knows the others, none hands anything back.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void accept(const ResultPtr& result) = 0;
};

}  // namespace sonde
