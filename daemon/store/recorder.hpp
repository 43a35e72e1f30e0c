#pragma once
#include <cstddef>
#include <functional>
#include <memory>

#include <boost/asio/any_io_executor.hpp>

#include "daemon/core/change.hpp"
#include "daemon/core/sink.hpp"

namespace sonde::store {

// Collects Results for a moment and has them written together with what the rooms changed because
// of them: so the file says of every result both that it came and what followed from it. On the
// main thread.
class Recorder : public Sink {
 public:
  using Kept = std::function<void(bool kept)>;
  struct Options {
    // Adds the buckets and notes that changed since it was last asked.
    std::function<void(Changes&)> gather;
    std::function<void(Changes, Kept)> write;  // of the store
    std::function<bool()> takes_traces;        // of the store
    // Whether a run counts nowhere, because of a maintenance. Empty: none does.
    std::function<bool(const Result&)> excluded = {};
    // After the first result or change, at most; with the write itself less than a second.
    Span interval = std::chrono::milliseconds(500);
    std::size_t results_max = 4096;           // or at so many, at once
    Span patience = std::chrono::seconds(2);  // of who waits for flush_now
  };
  Recorder(boost::asio::any_io_executor main, Options options);
  ~Recorder() override;

  void accept(const ResultPtr& result) override;
  // A room has something to gather, though no result came.
  void changed();
  // Writes at once what there is: before anybody is told of a changed alert. `done` hears whether
  // it is on the disk, after `patience` at the latest: then, and while the disk fails, false.
  void flush_now(Kept done);

 private:
  class Batch;
  std::shared_ptr<Batch> batch_;
};

}  // namespace sonde::store
