#pragma once
#include <cstddef>
#include <cstdint>

#include "daemon/core/change.hpp"

namespace sonde::store {

// What waits to be written, while the file is busy or fails; the newest is kept. Of one bucket and
// one note the last state is all that counts. Pure; on the main thread.
class Backlog {
 public:
  static constexpr std::size_t results_max = 32'768;
  static constexpr std::size_t traces_max = 256;  // then no more of them are wanted
  static constexpr std::size_t buckets_max = 100'000;
  static constexpr std::size_t notes_max = 20'000;

  void add(Changes changes);
  // All of it, in the order in which it came: what belongs together stays together.
  Changes take();
  // What was taken and could not be written waits again, before what came since.
  void put_back(Changes taken);

  bool empty() const { return waiting_.empty(); }
  bool takes_traces() const { return traces_ < traces_max; }
  std::uint64_t lost() const { return lost_; }  // rows, so far

 private:
  Changes waiting_;
  std::size_t traces_ = 0;
  std::size_t buckets_settled_ = 0, notes_settled_ = 0;  // how many there were, each once
  std::uint64_t lost_ = 0;
};

}  // namespace sonde::store
