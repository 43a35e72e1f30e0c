#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include "daemon/core/view.hpp"
#include "daemon/judge/packed_counters.hpp"

namespace sonde::judge {

// The latest buckets of one width, in a ring. A slot is a time divided by the width of a bucket.
class BucketRing {
 public:
  explicit BucketRing(std::uint16_t size) : size_(size), attempts_(size), failures_(size) {}

  // Adds to the current bucket. Each count of a bucket is at most 2^32 - 1.
  void add(Tally more, std::uint32_t now);
  // Drops buckets that are too old, and moves counts from the future into the current bucket.
  void settle(std::uint32_t now);
  // Sum of the `count` latest buckets at `now`; buckets in the future count as the current one.
  Tally over(std::uint32_t count, std::uint32_t now) const;
  // The bucket of a slot; empty if it is too old or in the future.
  Tally of(std::uint32_t slot) const;

  struct Bucket {
    std::uint32_t slot = 0;
    Tally tally;
  };
  // Calls `each` for the buckets that changed since the last call; an empty one is to be deleted.
  template <class Each>
  void take_changes(Each each);
  // Restores a stored bucket, oldest first. Ignores one that is out of order or implausible.
  void restore(const Bucket& bucket);

 private:
  static constexpr std::uint32_t never = std::numeric_limits<std::uint32_t>::max();
  std::size_t index(std::int64_t slot) const;
  Tally at(std::size_t i) const { return {attempts_.at(i), failures_.at(i)}; }
  void put(std::size_t i, Tally tally);
  Tally sum(std::int64_t first, std::int64_t count) const;
  std::int64_t oldest() const { return std::int64_t{newest_} - size_ + 1; }
  void clear(std::int64_t first, std::int64_t count);
  void draw_back(std::uint32_t now);
  void mark(std::uint32_t slot);

  std::uint16_t size_;
  PackedCounters attempts_, failures_;
  Tally total_;               // of all buckets
  std::uint32_t newest_ = 0;  // slot of the newest bucket
  std::uint32_t changed_from_ = never, changed_to_ = 0;
};

template <class Each>
void BucketRing::take_changes(Each each) {
  const std::int64_t from = std::exchange(changed_from_, never), to = std::exchange(changed_to_, 0);
  for (auto slot = std::max(from, oldest()); slot <= std::min<std::int64_t>(to, newest_); ++slot)
    each(Bucket{static_cast<std::uint32_t>(slot), at(index(slot))});
  // Slots that were in the future before the clock was set back.
  for (auto slot = std::max({from, newest_ + std::int64_t{1}, to - size_ + 1}); slot <= to; ++slot)
    each(Bucket{static_cast<std::uint32_t>(slot), {}});
}

}  // namespace sonde::judge
