#include <gtest/gtest.h>

#include <random>

#include "daemon/alert/rule_state.hpp"
#include "tests/daemon/core/hand_view.hpp"

namespace sonde::alert::simulation_test {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr seconds every{15};
constexpr std::size_t night = 8 * 240;  // runs in 8 hours

// A probe's samples, one every 15 s, and what windows over the latest of them hold.
class SampleView : public HandView {
 public:
  void sample(bool failed) { sums_.push_back(sums_.back() + (failed ? 1 : 0)); }
  Tally tally(const Check&, const Rate&, seconds length, WallSeconds) const override {
    const std::size_t tried = sums_.size() - 1;
    const std::size_t held = std::min<std::size_t>(tried, static_cast<std::size_t>(length / every));
    return {held, sums_[tried] - sums_[tried - held]};
  }

 private:
  std::vector<std::uint64_t> sums_{0};
};

struct Simulation {
  SampleView view;
  Instance instance;
  RuleState state;
  WatchTimes watched;
  WallTime now{seconds(1764080000)};
  int pages = 0;

  explicit Simulation(std::vector<Span> over) {
    view.add("login");
    RuleSettings rule;
    rule.of = AlertOf::probe_success;
    rule.below = Bound{.share = config::Percent{0.9}, .span = {}, .count = {}};
    rule.clear_above = Bound{.share = config::Percent{0.93}, .span = {}, .count = {}};
    rule.over = std::move(over);
    rule.hold = minutes(2);
    watched.assign(view.checks(), now);
    instance = instances_of(std::make_shared<RuleSettings>(rule), view.checks()).at(0);
  }
  void run(bool failed) {
    now += every;
    watched.restart(now);
    view.sample(failed);
    EvalContext context(view, now, watched);
    const bool fired = state.firing();
    step(state, *instance.rule, judge(instance, context, state.past()), now, true);
    pages += !fired && state.firing() ? 1 : 0;
  }
};

double pages_a_night(std::vector<Span> over) {
  constexpr int nights = 30;
  Simulation simulation(std::move(over));
  std::mt19937 random(42);  // NOLINT(cert-msc51-cpp): the same nights each time
  std::bernoulli_distribution fails(0.05);
  for (std::size_t i = 0; i < nights * night; ++i) simulation.run(fails(random));
  return static_cast<double>(simulation.pages) / nights;
}

TEST(Simulation, AServiceThatIsGoodEnoughWakesNobodyOnBothWindows) {
  const double one = pages_a_night({minutes(10)});
  const double both = pages_a_night({minutes(10), minutes(30)});
  RecordProperty("one_window", std::to_string(one));
  RecordProperty("both_windows", std::to_string(both));
  EXPECT_GT(one, 1.5);
  EXPECT_LT(both, 0.5);
}

TEST(Simulation, AnOutagePagesOnBothWindowsWithinMinutes) {
  Simulation simulation({minutes(10), minutes(30)});
  for (std::size_t i = 0; i < night; ++i) simulation.run(false);
  int runs = 0;
  for (; simulation.pages == 0; ++runs) simulation.run(true);
  EXPECT_EQ(runs, 13 + 8);  // more than a tenth of 120 runs, and 2 minutes
}

}  // namespace
}  // namespace sonde::alert::simulation_test
