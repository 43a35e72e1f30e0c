#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>

namespace sonde::judge {

// A fixed number of counters, each at most 2^32 - 1, packed: each takes as many bits as the largest
// value ever set needs, 1, 2, 4, 8, 16 or 32. Allocates nothing while all are 0.
class PackedCounters {
 public:
  explicit PackedCounters(std::uint16_t size) : size_(size) {}

  // `i` and `from + count` have to be within the size.
  std::uint32_t at(std::size_t i) const {
    if (!words_) return 0;
    return (words_[i >> (word_log - log_)] >> ((i << log_) & 31U)) & largest(log_);
  }
  std::uint64_t sum(std::size_t from, std::size_t count) const;
  void set(std::size_t i, std::uint32_t value);

 private:
  static constexpr unsigned word_log = 5;  // a word has 2^5 bits
  static constexpr std::uint32_t largest(unsigned log) {
    return 0xffffffffU >> (32U - (1U << log));
  }
  void widen(std::uint32_t value);

  std::unique_ptr<std::uint32_t[]> words_;
  std::uint16_t size_;
  std::uint8_t log_ = 0;  // a counter takes 2^log_ bits; a word holds a whole number of counters
};

}  // namespace sonde::judge
