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

// What outlives the process: the store with its recorder, or nothing where no `storage` is
// configured. On the main thread.
class Persistence : public Sink {
 public:
  // `gather` adds what the rooms changed since it was last asked; `excluded`: whether a run counts
  // nowhere, because of a maintenance. The error: another process has the store.
  static std::expected<std::unique_ptr<Persistence>, std::string> open(
      const store::StorageSettings& settings, boost::asio::any_io_executor main,
      std::function<void(Changes&)> gather, std::function<bool(const Result&)> excluded);

  // What was there at start; once.
  RestoredState take_remembered();

  void accept(const ResultPtr& result) override;
  // A room has something to gather, though no result came.
  void changed();
  // Has what changed written, and then calls `then`, whatever came of it: a disk that fails delays
  // a page, and never keeps it back.
  void keep(std::function<void()> then);
  // The same; `kept` is false if it could not be written. Without a store there is nothing to do.
  void write(std::function<void(bool kept)> then);

  StoreFacts facts() const;
  store::Store* store() { return store_.get(); }  // null: there is none
  void stop(std::function<void(bool in_time)> done);

 private:
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<store::Recorder> recorder_;
};

}  // namespace sonde::app
