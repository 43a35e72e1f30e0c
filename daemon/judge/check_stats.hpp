#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/change.hpp"
#include "daemon/judge/failure_log.hpp"
#include "daemon/judge/latencies.hpp"
#include "daemon/judge/window.hpp"

namespace sonde::judge {

// Statistics and state of one check. Pure: times are arguments.
class CheckStats {
 public:
  explicit CheckStats(std::shared_ptr<const Check> check);
  // The check with its new configuration. Rates that it still has go on; the others are dropped.
  void renew(std::shared_ptr<const Check> check);

  // An `excluded` result counts nowhere.
  void add(const Result& result, bool excluded);
  // The clock was set back to `now`.
  void settle(WallSeconds now);

  std::vector<Rate> rates() const;
  Tally tally(const Rate& rate, std::chrono::seconds length, WallSeconds now) const;
  // The success of each of the last `count` UTC days, oldest first.
  std::vector<Tally> days(std::size_t count, WallSeconds now) const;
  Failures failures(std::chrono::seconds length, WallSeconds now) const;
  const CheckStatus& standing() const { return standing_; }
  std::optional<Quantile> quantile(Timed timed, double q, std::chrono::seconds length,
                                   WallSeconds now) const;

  // Replaces the durations that are measured; one that was measured before keeps its samples.
  void watch(const std::vector<Timed>& timed);

  // Whether anything changed since take_changes().
  bool changed() const { return changed_; }
  void take_changes(Changes& changes);
  // `series`: the part of the series name after the check's key and a space.
  void restore(std::string_view series, const SeriesRows& rows);
  void restore(const StateRecord& note);
  void restore(const EvidenceRow& row);

 private:
  struct Series {
    Rate rate;
    Window window;
  };
  struct Watched {
    Timed timed;
    Latencies latencies;
  };
  void count(const Result& result, WallSeconds now);
  void restore_days(const SeriesRows& rows);
  void restore_certificates(const std::string& text);
  Window* find(const Rate& rate);
  const Window* find(const Rate& rate) const;

  std::shared_ptr<const Check> check_;
  std::vector<Series> series_;                         // in the order of rates()
  BucketRing days_{bucket_tiers[day_tier].buckets()};  // of success
  FailureLog failures_;
  std::vector<Watched> watched_;
  CheckStatus standing_;
  std::string certificates_kept_;  // the text of the last record
  bool changed_ = false;
};

}  // namespace sonde::judge
