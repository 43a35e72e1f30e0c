#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/core/change.hpp"
#include "daemon/core/sink.hpp"
#include "daemon/core/view.hpp"

namespace sonde::judge {

class CheckStats;

// Computes rates and status from Results, and answers queries about them. Counts first attempts
// that passed or failed; a run belongs to the bucket of the wall-clock second in which it ended. If
// the clock is set back, what is in the future is moved to the new time.
class Judge : public Sink, public View {
 public:
  // Whether a run that began at that time counts nowhere (maintenance). Empty: all runs count.
  using Excluded = std::function<bool(const Check&, WallTime)>;
  explicit Judge(Excluded excluded = {});
  ~Judge() override;

  // Replaces the checks. A check with the name, kind and target of an earlier one, even if it was
  // missing in between, continues with its counts, also in the store.
  void assign(std::vector<std::shared_ptr<const Check>> checks);

  // A duration whose quantiles will be queried.
  struct Watched {
    std::shared_ptr<const Check> check;
    Timed timed;
  };
  // Replaces the durations to measure, of assigned checks; the latest 4,096 samples of each are
  // kept. Other durations have no quantile.
  void watch(const std::vector<Watched>& watched);

  // Restores the state from the store: after the first assign() and before the first Result. Rows
  // of unknown checks are ignored, and stay in the store.
  void restore(const RestoredState& remembered);
  // Appends the buckets and records that changed since the last call, including those of removed
  // checks.
  void take_changes(Changes& changes);

  void accept(const ResultPtr& result) override;

  std::span<const std::shared_ptr<const Check>> checks() const override { return checks_; }
  std::vector<Rate> rates(const Check& check) const override;
  Tally tally(const Check& check, const Rate& rate, std::chrono::seconds length,
              WallSeconds now) const override;
  std::vector<Tally> days(const Check& check, std::size_t count, WallSeconds now) const override;
  Failures failures(const Check& check, std::chrono::seconds length,
                    WallSeconds now) const override;
  CheckStatus standing(const Check& check) const override;
  std::optional<Quantile> quantile(const Check& check, Timed timed, double q,
                                   std::chrono::seconds length, WallSeconds now) const override;

 private:
  CheckStats* find(const Check& check) const;
  CheckStats* find(const std::string& key) const;
  void restore(const SeriesRows& rows);
  void heed_clock(WallSeconds now);

  Excluded excluded_;
  std::vector<std::shared_ptr<const Check>> checks_;
  std::map<std::string, std::unique_ptr<CheckStats>, std::less<>> histories_;  // by key_of()
  std::map<std::string, std::unique_ptr<CheckStats>, std::less<>>
      parked_;                                              // of checks that were removed
  std::unordered_map<const Check*, CheckStats*> by_check_;  // those of checks_
  std::vector<CheckStats*> changed_;
  Changes gone_;  // of checks that were removed
  WallSeconds latest_{};
};

}  // namespace sonde::judge
