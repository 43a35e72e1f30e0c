#pragma once
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "daemon/core/change.hpp"
#include "daemon/core/run_record.hpp"
#include "daemon/core/view.hpp"
#include "daemon/store/backlog.hpp"
#include "daemon/store/settings.hpp"

namespace sonde::store {

// What survives a crash: results, window counts, state records and transcripts of runs, in one
// SQLite file with its own thread. A full, broken or slow disk costs rows, but no time: the backlog
// is bounded, and the file is retried with growing pauses. Call it only on the main thread, where
// every `done` is called.
class Store : public std::enable_shared_from_this<Store> {
 public:
  // Opens the file and reads the stored state. The error says what to do: another process uses the
  // directory. Any other fault results in a degraded store.
  static std::expected<std::shared_ptr<Store>, std::string> open(StorageSettings settings,
                                                                 boost::asio::any_io_executor main);
  // Without stop() the backlog is lost, as in a crash.
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // The state at start; call it once.
  RestoredState take_remembered();

  // `done`, if set, gets whether everything is on disk; false: not now, but it may be later.
  using Kept = std::function<void(bool kept)>;
  void write(Changes changes, Kept done);
  // Waiting traces use much memory; if this is false, pass Results without them.
  bool takes_traces() const { return backlog_.takes_traces(); }

  StoreFacts facts() const;

  // For the evidence page. The error says why the store cannot answer. A transcript is one JSON
  // object, as printed by `sonde run --output=json`; empty: not stored, or deleted meanwhile.
  using Evidence = std::expected<std::vector<EvidenceRow>, std::string>;
  void evidence(EvidenceQuery query, std::function<void(Evidence)> done);
  using Transcript = std::expected<std::string, std::string>;
  void transcript(std::int64_t id, std::function<void(Transcript)> done);

  // The recorded runs, newest first, and one of them with its transcript. The error says why the
  // store cannot answer. nullopt: there is no such run, or it was deleted meanwhile.
  using Runs = std::expected<std::vector<RunRow>, std::string>;
  void runs(RunQuery query, std::function<void(Runs)> done);
  using Run = std::expected<std::optional<RunTranscript>, std::string>;
  void run(std::string id, std::function<void(Run)> done);

  // Writes the backlog, empties the log into the file and closes it, within 5 s; false: that took
  // longer, and the thread is left running, so nothing that it may use (`main`) may be destroyed.
  // Call it once; nothing is accepted afterwards.
  void stop(std::function<void(bool in_time)> done);

 private:
  struct Loop;
  Store(StorageSettings settings, boost::asio::any_io_executor main);
  std::expected<void, std::string> start();
  template <class Answer, class Job>
  void ask(Job job, std::function<void(Answer)> done);
  void pump();
  void dismiss();
  void written(const std::shared_ptr<Changes>& batch, bool kept);
  void rest();
  void close();
  void stopped(bool in_time);

  boost::asio::any_io_executor main_;
  std::unique_ptr<Loop> loop_;  // the thread and the timers
  RestoredState remembered_;
  Backlog backlog_;  // changes that wait; at most one batch is in flight
  StoreFacts facts_;
  std::vector<Kept> waiters_, told_;  // of waiting changes; of the batch in flight
  bool busy_ = false, resting_ = false, stopping_ = false;
  Instant busy_since_;
  std::size_t rows_of_batch_ = 0;  // size of the batch; less is put back if a part was stored
  int questions_ = 0;
  Span next_rest_;
  std::function<void(bool)> stop_done_;
};

}  // namespace sonde::store
