#pragma once
#include <cstddef>
#include <functional>
#include <memory>

#include <boost/asio/any_io_executor.hpp>

#include "daemon/core/change.hpp"
#include "daemon/core/sink.hpp"

namespace sonde::store {

// Collects Results for a moment, and has them written together with the changes that components
// made because of them, so the file always contains both. Main thread only.
class Recorder : public Sink {
 public:
  using Kept = std::function<void(bool kept)>;
  struct Options {
    // Appends the buckets and records that changed since its last call.
    std::function<void(Changes&)> gather;
    std::function<void(Changes, Kept)> write;  // of the store
    std::function<bool()> takes_traces;        // of the store
    // Whether a run counts nowhere, because of a maintenance. Empty: every run counts.
    std::function<bool(const Result&)> excluded = {};
    // Longest time from the first Result or change to the write; with the write itself less than a
    // second.
    Span interval = std::chrono::milliseconds(500);
    std::size_t results_max = 4096;             // with this many, written at once
    Span patience = std::chrono::seconds(2);    // limit for callers of flush_now
    Span passed_every = std::chrono::hours(1);  // see PassedRuns
  };
  Recorder(boost::asio::any_io_executor main, Options options);
  ~Recorder() override;

  void accept(const ResultPtr& result) override;
  // A component has changes to gather although no Result came.
  void changed();
  // Writes everything at once, before receivers are notified of a changed alert. `done` gets
  // whether it is on disk, after at most `patience`; false on a timeout, and while the disk fails.
  void flush_now(Kept done);
  // Before the last flush_now: no more Results will come. The newest passed run of each check may
  // be the last one before a failure that the next process sees, so its transcript is written.
  void finish();

 private:
  class Batch;
  std::shared_ptr<Batch> batch_;
};

}  // namespace sonde::store
