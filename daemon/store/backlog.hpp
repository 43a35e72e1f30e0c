#pragma once
#include <cstddef>
#include <cstdint>

#include "daemon/core/change.hpp"

namespace sonde::store {

// Changes that wait to be written while the file is busy or fails; the oldest are dropped first.
// Only the last state of a bucket or record is kept. Pure; main thread only.
class Backlog {
 public:
  static constexpr std::size_t results_max = 32'768;
  static constexpr std::size_t traces_max = 256;  // beyond this number no more are accepted
  static constexpr std::size_t buckets_max = 100'000;
  static constexpr std::size_t notes_max = 20'000;

  void add(Changes changes);
  // Everything, in order: changes that belong together stay together.
  Changes take();
  // Puts changes back that could not be written, before those that came since.
  void put_back(Changes taken);

  bool empty() const { return waiting_.empty(); }
  bool takes_traces() const { return traces_ < traces_max; }
  std::uint64_t lost() const { return lost_; }  // number of rows so far

 private:
  Changes waiting_;
  std::size_t traces_ = 0;
  std::size_t buckets_settled_ = 0, notes_settled_ = 0;  // how many there were, each once
  std::uint64_t lost_ = 0;
};

// Splits Changes for several transactions: states first, because alerts depend on them, then
// windows, then results, oldest first, then transcripts of passed runs. Pure.
class Pieces {
 public:
  // `changes` has to outlive it, and must not be changed until forget_kept().
  explicit Pieces(Changes& changes) : changes_(changes) {}

  // The next part, at most `rows` rows; the same part again until kept() is called.
  Changes next(std::size_t rows);
  void kept();
  bool empty() const { return kept_ == sizes(); }

  // Removes the stored parts from the changes.
  void forget_kept();

 private:
  struct Sizes {
    std::size_t notes = 0, buckets = 0, results = 0, passed = 0;
    bool operator==(const Sizes&) const = default;
  };
  Sizes sizes() const {
    return {changes_.notes.size(), changes_.buckets.size(), changes_.results.size(),
            changes_.passed.size()};
  }

  Changes& changes_;
  Sizes kept_, next_;
};

}  // namespace sonde::store
