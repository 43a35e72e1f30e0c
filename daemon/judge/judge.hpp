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

// Makes rates and standings of the Results, and answers everybody who asks for them. Counted are
// first attempts with the verdict pass or fail; a bucket belongs to the second in which the run
// ended, by the wall clock. A clock that is set back draws what lies in the future to its now.
class Judge : public Sink, public View {
 public:
  // Whether a run that began then counts nowhere (maintenance). Empty: none is left out.
  using Excluded = std::function<bool(const Check&, WallTime)>;
  explicit Judge(Excluded excluded = {});
  ~Judge() override;

  // From now on exactly these checks; one with the name, kind and target of an old one, also of one
  // that an earlier call left out, goes on with what it has: its counts in the store go on, too.
  void assign(std::vector<std::shared_ptr<const Check>> checks);

  // A time that somebody will ask quantiles of.
  struct Watched {
    std::shared_ptr<const Check> check;
    Timed timed;
  };
  // From now on exactly these, of the checks that are assigned; the latest 4,096 of each are kept.
  // Others have no quantile.
  void watch(const std::vector<Watched>& watched);

  // What was there at the start of the daemon: after the first assign() and before the first
  // Result. What belongs to none of the checks is ignored; it stays in the store.
  void restore(const RestoredState& remembered);
  // Adds the buckets and notes that are not as they were at the last call, those of checks that
  // are gone among them.
  void take_changes(Changes& changes);

  void accept(const ResultPtr& result) override;

  std::span<const std::shared_ptr<const Check>> checks() const override { return checks_; }
  std::vector<Rate> rates(const Check& check) const override;
  Tally tally(const Check& check, const Rate& rate, std::chrono::seconds length,
              WallSeconds now) const override;
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
      parked_;                                              // of checks that are gone
  std::unordered_map<const Check*, CheckStats*> by_check_;  // those of checks_
  std::vector<CheckStats*> changed_;
  Changes gone_;  // of checks that are not there any more
  WallSeconds latest_{};
};

}  // namespace sonde::judge
