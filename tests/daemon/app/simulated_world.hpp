#pragma once
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "daemon/core/alert.hpp"

namespace sonde::test {

// What happens in one simulated day around a daemon: services that fail, maintenance, faults of
// receivers, and what its operators do. Made of a seed alone; knows nothing of the daemon.

enum class Fault : std::uint8_t { none, refuses, down, lost, taken_and_lost };
enum class Act : std::uint8_t { nothing, reload, restart, crash_untold, crash_unnoted, rotate };

struct ServiceFault {
  int from = 0, to = 0;  // steps
  bool login = false;    // else only the chat
  double share = 1;      // of the runs that fail
};
struct Period {
  int from = 0, to = 0;
  bool at(int step) const { return from <= step && step < to; }
};

struct SimulatedDay {
  static constexpr int steps = 160, quiet = 60;  // the last ones nothing happens
  static constexpr int expires = 8;  // after so many an Alertmanager that hears nothing ends alerts
  static constexpr int targets = 2, receivers = 3;

  std::vector<ServiceFault> troubles[targets];
  std::vector<Period> maintenance[targets][2];  // of the login probe, of the chat probe
  std::vector<std::pair<Period, Fault>> faults[receivers];
  std::map<int, Act> acts;
  int down_for = 0;  // steps without a daemon after a restart

  explicit SimulatedDay(std::mt19937_64& random) {
    const auto pick = [&random](int least, int most) {
      return std::uniform_int_distribution<int>(least, most)(random);
    };
    const auto period = [&](int longest) {
      const int from = pick(0, steps - quiet - 20);
      return Period{from, std::min(from + pick(1, longest), steps - quiet)};
    };
    for (auto& all : troubles)
      for (int i = pick(0, 3); i > 0; --i) {
        const Period when = period(pick(0, 1) == 0 ? 8 : 40);
        constexpr double shares[] = {1, 1, 0.7, 0.4};
        all.push_back({when.from, when.to, pick(0, 1) == 0, shares[pick(0, 3)]});
      }
    for (auto& target : maintenance)
      for (auto& all : target)
        if (pick(0, 4) == 0) all.push_back(period(30));
    for (auto& all : faults)
      for (int i = pick(0, 2); i > 0; --i)
        all.emplace_back(period(pick(0, 1) == 0 ? 3 : 40), static_cast<Fault>(pick(1, 4)));
    for (int i = pick(0, 3); i > 0; --i)
      acts[pick(0, steps - quiet)] = static_cast<Act>(pick(1, 5));
    down_for = pick(0, 6);
  }

  bool in_maintenance(int target, bool chat, int step) const {
    for (const Period& period : maintenance[target][chat ? 1 : 0])
      if (period.at(step)) return true;
    return false;
  }
  // Whether the daemon is.
  bool is_down(int step) const {
    for (const auto& [at, act] : acts)
      if (act != Act::reload && act != Act::rotate && at <= step && step <= at + down_for)
        return true;
    return false;
  }
  // Whether a receiver takes messages for long enough, within these steps, to be told what it is
  // owed.
  bool is_well(int receiver, int from, int to) const {
    constexpr int long_enough = 6;
    int well = 0;
    for (int step = from; step < to && well < long_enough; ++step)
      well = fault(receiver, step) == Fault::none && !is_down(step) ? well + 1 : 0;
    return well >= long_enough;
  }
  std::size_t silences() const {
    std::size_t count = 0;
    for (const auto& [period, fault] : faults[2])
      count += period.to - period.from >= expires - 2 ? 1 : 0;
    return count + acts.size();  // a daemon that is down tells nothing either
  }
  std::size_t rotations() const {
    std::size_t count = 0;
    for (const auto& [step, act] : acts) count += act == Act::rotate ? 1 : 0;
    return count;
  }
  Fault fault(int receiver, int step) const {
    for (const auto& [period, fault] : faults[receiver])
      if (period.at(step)) return fault;
    return Fault::none;
  }
};

// What each target's probes found, and which outages of the declared size that makes: three failed
// runs in a row, without those of a maintenance. Independent of the daemon's own counting.
class OutageOracle {
 public:
  static constexpr int least = 3;
  struct Outage {
    int from = 0, to = 0;
  };

  void counted_run(int probe, bool failed, int step) {
    int& row = rows_[probe];
    row = failed ? row + 1 : 0;
    const bool bad = row >= least || (failed && bad_[probe]);
    bad_[probe] = bad;
    now_bad(step);
  }
  const std::vector<Outage>& all() const { return outages_; }
  bool bad() const { return was_bad_; }

 private:
  void now_bad(int step) {
    bool any = false;
    for (const auto& [probe, bad] : bad_) any |= bad;
    if (any && !was_bad_) outages_.push_back({step, step});
    if (any || was_bad_) outages_.back().to = step;
    was_bad_ = any;
  }

  std::map<int, int> rows_;
  std::map<int, bool> bad_;
  std::vector<Outage> outages_;
  bool was_bad_ = false;
};

}  // namespace sonde::test
