#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "daemon/core/result.hpp"

namespace sonde::schedule {

// Collects Results for a moment, so that a busy worker wakes the main thread a hundred times a
// second and not once a Result: a batch is handed on 10 ms after its first, or at 64.
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
