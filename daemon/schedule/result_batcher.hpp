#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "daemon/core/result.hpp"

namespace sonde::schedule {

// Collects Results, so that a busy worker wakes the main thread at most a hundred times a second
// instead of once for each Result: a batch is passed on 10 ms after its first Result, or when it
// has 64.
class ResultBatcher {
 public:
  ResultBatcher(boost::asio::any_io_executor executor,
                std::function<void(std::vector<ResultPtr>)> post);
  ~ResultBatcher();

  void put(ResultPtr result);
  void flush();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace sonde::schedule
