#pragma once
#include <cstddef>

#include "daemon/core/change.hpp"

namespace sonde::store {

// Splits Changes for several transactions: states first, because alerts depend on them, then
// windows, then results, oldest first. Pure.
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
    std::size_t notes = 0, buckets = 0, results = 0;
    bool operator==(const Sizes&) const = default;
  };
  Sizes sizes() const {
    return {changes_.notes.size(), changes_.buckets.size(), changes_.results.size()};
  }

  Changes& changes_;
  Sizes kept_, next_;
};

}  // namespace sonde::store
