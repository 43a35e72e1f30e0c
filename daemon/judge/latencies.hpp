#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "daemon/core/result.hpp"
#include "daemon/core/view.hpp"

namespace sonde::judge {

// The duration that `timed` selects of a Result; nullopt if the Result has none.
std::optional<Span> time_of(const Result& result, Timed timed);

// The latest samples of one duration, in microseconds, 8 bytes each. Pure.
class Latencies {
 public:
  static constexpr std::size_t samples_max = 4096;

  void add(WallSeconds at, Span took);
  // Of the samples since `begin`: the least value that at least a share `q` of them do not exceed.
  std::optional<Quantile> quantile(double q, WallSeconds begin) const;
  // The clock was set back: samples in the future are moved to `now`.
  void settle(WallSeconds now);

 private:
  struct Sample {
    std::uint32_t at;
    std::uint32_t micros;
  };
  std::vector<Sample> samples_;  // a ring once it is full
  std::size_t next_ = 0;         // where the next one goes once it is full
};

}  // namespace sonde::judge
