#include "daemon/judge/packed_counters.hpp"

#include <utility>

namespace sonde::judge {
std::uint64_t PackedCounters::sum(std::size_t from, std::size_t count) const {
  std::uint64_t sum = 0;
  if (!words_) return sum;
  for (std::size_t i = from; i < from + count; ++i) sum += at(i);
  return sum;
}

void PackedCounters::set(std::size_t i, std::uint32_t value) {
  if (!words_ && value == 0) return;
  if (!words_ || value > largest(log_)) widen(value);
  std::uint32_t& word = words_[i >> (word_log - log_)];
  const unsigned shift = (i << log_) & 31U;
  word = (word & ~(largest(log_) << shift)) | (value << shift);
}

void PackedCounters::widen(std::uint32_t value) {
  PackedCounters wide(size_);
  while (value > largest(wide.log_)) ++wide.log_;
  const std::size_t bits = std::size_t{size_} << wide.log_;
  wide.words_ = std::make_unique<std::uint32_t[]>((bits + 31) >> word_log);
  for (std::size_t i = 0; words_ && i < size_; ++i) wide.set(i, at(i));
  *this = std::move(wide);
}

}  // namespace sonde::judge
