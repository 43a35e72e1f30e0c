#pragma once
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "daemon/core/change.hpp"
#include "daemon/core/view.hpp"
#include "daemon/store/settings.hpp"

namespace sonde::store {

// What survives a crash: results, counts of windows, rooms' notes and transcripts of failures, in
// one SQLite file with a thread of its own. A disk that is full, broken or slow costs rows and
// never time: what waits is bounded, and the file is tried again with growing pauses. Called on
// the main thread, where every `done` comes back.
class Store {
 public:
  // Opens the file and reads what is to be remembered. The error, which says what to do: another
  // process has the directory. Any other fault makes a degraded store.
  static std::expected<std::unique_ptr<Store>, std::string> open(StorageSettings settings,
                                                                 boost::asio::any_io_executor main);
  // Without stop() what waits is lost, as in a crash.
  ~Store();

  // What was there at start; once.
  RestoredState take_remembered();

  // `done`, if there is one, hears whether all of it is on the disk; false: not now, and it may
  // be later.
  using Kept = std::function<void(bool kept)>;
  void write(Changes changes, Kept done);
  // Traces that wait take much memory; while too many do, give Results without.
  bool takes_traces() const;

  StoreFacts facts() const;

  // For a page of evidence. The error says why the store cannot tell. A transcript is one JSON
  // object, as `sonde run --output=json` prints it; empty: none was kept, or no longer.
  using Evidence = std::expected<std::vector<EvidenceRow>, std::string>;
  void evidence(EvidenceQuery query, std::function<void(Evidence)> done);
  using Transcript = std::expected<std::string, std::string>;
  void transcript(std::int64_t id, std::function<void(Transcript)> done);

  // Writes what waits, empties the log into the file and closes it, within 5 s; false: it was not
  // possible in time, and the thread is left to itself, so that nothing that it may touch (`main`)
  // can be destroyed any more. Once; nothing is taken afterwards.
  void stop(std::function<void(bool in_time)> done);

 private:
  class Front;
  explicit Store(std::shared_ptr<Front> front);
  std::shared_ptr<Front> front_;
};

}  // namespace sonde::store
