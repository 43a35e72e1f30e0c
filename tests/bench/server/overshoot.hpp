#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace bench {

// By how much the server itself missed the delays that it was asked for, from the last byte of a
// request to the first of its answer. Keeps the first million.
class Overshoot {
 public:
  void add(std::chrono::steady_clock::duration over) {
    if (all_.size() < count_max) all_.push_back(std::chrono::duration<double>(over).count());
  }

  // {"count": 100, "p99_seconds": 0.000080} since the last call; 0 without any.
  std::string take_json() {
    const std::size_t count = all_.size();
    double p99 = 0;
    if (count > 0) {
      const auto place = all_.begin() + static_cast<std::ptrdiff_t>((count - 1) * 99 / 100);
      std::ranges::nth_element(all_, place);
      p99 = *place;
    }
    all_.clear();
    return "{\"count\":" + std::to_string(count) + ",\"p99_seconds\":" + std::to_string(p99) + "}";
  }

 private:
  static constexpr std::size_t count_max = 1'000'000;
  std::vector<double> all_;
};

}  // namespace bench
