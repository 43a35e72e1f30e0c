#pragma once
#include "daemon/core/result.hpp"

namespace sonde {

// Receives every Result (metrics, judge, store). Called on the main thread in the order of the list
// of sinks; a sink does not know the others and returns nothing.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void accept(const ResultPtr& result) = 0;
};

}  // namespace sonde
