#pragma once
#include <array>
#include <cstdint>

#include "daemon/core/sink.hpp"
#include "daemon/page/facts.hpp"

namespace sonde::page {

// How the runs of the last hour went for the monitor itself, by the minute. Main thread only.
class MonitorLog : public Sink {
 public:
  void accept(const ResultPtr& result) override { add(*result, Clock::now()); }
  void add(const Result& result, Instant now);

  struct Hour {
    std::uint64_t runs = 0, inconclusive = 0, skipped = 0;
    Span lateness{};  // the greatest
  };
  Hour hour(Instant now) const;

 private:
  static std::int64_t minute_of(Instant at) {
    return std::chrono::floor<std::chrono::minutes>(at.time_since_epoch()).count();
  }
  struct Minute {
    std::int64_t minute = -1;
    Hour counts;
  };
  std::array<Minute, 60> minutes_;
};

}  // namespace sonde::page
