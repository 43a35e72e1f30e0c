#pragma once
#include <expected>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "daemon/core/sink.hpp"
#include "daemon/store/recorder.hpp"
#include "daemon/store/store.hpp"

namespace sonde::app {

// What survives the process: the store with its recorder, or nothing if `storage` is not
// configured. Main thread only.
class Persistence : public Sink {
 public:
  // `gather` appends what components changed since its last call; `excluded`: whether a run counts
  // nowhere, because of a maintenance. The error: another process uses the store.
  static std::expected<std::unique_ptr<Persistence>, std::string> open(
      const store::StorageSettings& settings, boost::asio::any_io_executor main,
      std::function<void(Changes&)> gather, std::function<bool(const Result&)> excluded);

  // The state at start; call it once.
  RestoredState take_remembered();

  void accept(const ResultPtr& result) override;
  // A component has changes to gather although no Result came.
  void changed();
  // Has the changes written, and then calls `then`, whether or not that succeeded: a failing disk
  // delays a page, but never suppresses it.
  void keep(std::function<void()> then);
  // The same; `kept` is false if the write failed. Without a store it succeeds at once.
  void write(std::function<void(bool kept)> then);

  StoreFacts facts() const;
  store::Store* store() { return store_.get(); }  // null: there is none
  void stop(std::function<void(bool in_time)> done);

 private:
  std::shared_ptr<store::Store> store_;
  std::unique_ptr<store::Recorder> recorder_;
};

}  // namespace sonde::app
