#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "daemon/judge/column.hpp"
#include "daemon/view.hpp"

namespace sonde {

// The latest buckets of one width, in a ring. A slot is a time divided by the width of a bucket.
class Tier {
 public:
  explicit Tier(std::uint16_t size) : size_(size), attempts_(size), failures_(size) {}

  // Counts in the bucket of now. A bucket holds at most 2^32 - 1 of each.
  void add(Tally more, std::uint32_t now);
  // Drops what is too old, and draws what lies in the future into the bucket of now.
  void settle(std::uint32_t now);
  // Of the `count` latest buckets at `now`; what lies in the future counts as of now.
  Tally over(std::uint32_t count, std::uint32_t now) const;

  struct Bucket {
    std::uint32_t slot = 0;
    Tally tally;
  };
  // Those that are not as they were at the last call, oldest first; an empty one is to be
  // forgotten.
  std::vector<Bucket> take_changes();
  // A bucket as it was kept, oldest first; one out of order, or that cannot be true, is left out.
  void restore(const Bucket& bucket);

 private:
  std::size_t index(std::int64_t slot) const;
  Tally at(std::int64_t slot) const;
  void put(std::int64_t slot, Tally tally);
  Tally sum(std::int64_t first, std::int64_t count) const;
  std::int64_t oldest() const { return std::int64_t{newest_} - size_ + 1; }
  void age(std::uint32_t now);
  void draw_back(std::uint32_t now);
  void mark(std::uint32_t slot);

  std::uint16_t size_;
  Column attempts_, failures_;
  Tally total_;               // of all buckets
  std::uint32_t newest_ = 0;  // slot of the newest bucket
  std::uint32_t changed_from_ = std::numeric_limits<std::uint32_t>::max(), changed_to_ = 0;
};

}  // namespace sonde
