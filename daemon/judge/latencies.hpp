#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "daemon/core/result.hpp"
#include "daemon/core/view.hpp"

namespace sonde::judge {

// What of a Result is timed; nothing if it says nothing of it.
std::optional<Span> time_of(const Result& result, Timed timed);

// The latest times of one kind, to the microsecond, 8 bytes each. Pure.
class Latencies {
 public:
  static constexpr std::size_t samples_max = 4096;

  void add(WallSeconds at, Span took);
  // Of the samples since `begin`: the least of which a share `q` of them is at most.
  std::optional<Quantile> quantile(double q, WallSeconds begin) const;
  // The clock was set back: what lies in the future is of now.
  void settle(WallSeconds now);

 private:
  struct Sample {
    std::uint32_t at;
    std::uint32_t micros;
  };
  std::vector<Sample> samples_;  // a ring once it is full
  std::size_t next_ = 0;         // where the next one goes then
};

}  // namespace sonde::judge
