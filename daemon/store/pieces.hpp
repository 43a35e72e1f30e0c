#pragma once
#include <cstddef>

#include "daemon/core/change.hpp"

namespace sonde::store {

// Changes that are written in several transactions: states first, since alerts hang on them, then
// windows, then results from the oldest on. Pure.
class Pieces {
 public:
  // `changes` outlives it, and stays as it is until forget_kept().
  explicit Pieces(Changes& changes) : changes_(changes) {}

  // The next ones, at most `rows` together; the same again until kept() is called.
  Changes next(std::size_t rows);
  void kept();
  bool empty() const { return kept_ == sizes(); }

  // Takes what was kept out of the changes.
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
