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

// What is known of one check. Pure: the time comes with each Result and each question.
class CheckStats {
 public:
  explicit CheckStats(std::shared_ptr<const Check> check);
  // The check as it is configured now. What it counts goes on; what it counts no more is dropped.
  void renew(std::shared_ptr<const Check> check);

  // `excluded`: it counts nowhere.
  void add(const Result& result, bool excluded);
  // The clock was set back to `now`.
  void settle(WallSeconds now);

  std::vector<Rate> rates() const;
  Tally tally(const Rate& rate, std::chrono::seconds length, WallSeconds now) const;
  Failures failures(std::chrono::seconds length, WallSeconds now) const;
  const CheckStatus& standing() const { return standing_; }
  std::optional<Quantile> quantile(Timed timed, double q, std::chrono::seconds length,
                                   WallSeconds now) const;

  // From now on exactly these are timed; one that was goes on with what it has.
  void watch(const std::vector<Timed>& timed);

  // Whether anything is not as it was when the changes were taken.
  bool changed() const { return changed_; }
  void take_changes(Changes& changes);
  // `series`: what stands in the name of a series after the key and a space.
  void restore(std::string_view series, const SeriesRows& rows);
  void restore(const StateRecord& note);
  void restore(const FailureRow& row);

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
  void restore_certificates(const std::string& text);
  Window* find(const Rate& rate);
  const Window* find(const Rate& rate) const;

  std::shared_ptr<const Check> check_;
  std::vector<Series> series_;  // in the order of rates()
  FailureLog failures_;
  std::vector<Watched> watched_;
  CheckStatus standing_;
  std::string certificates_kept_;  // the text of the last note
  bool changed_ = false;
};

}  // namespace sonde::judge
