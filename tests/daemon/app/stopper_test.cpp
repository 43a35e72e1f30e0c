#include "daemon/app/stopper.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace sonde::app::stopper_test {
namespace {

using Done = std::function<void(bool)>;

TEST(Stopper, EndsOnePartAfterTheOther) {
  std::vector<std::string> ended;
  Done workers;
  bool finished = false;
  Stopper::run({{"workers", [&](Done done) { workers = std::move(done); }},
                {"store",
                 [&](const Done& done) {
                   ended.emplace_back("store");
                   done(true);
                 }}},
               [&](bool in_time) { finished = in_time; });
  EXPECT_TRUE(ended.empty());
  workers(true);
  EXPECT_EQ(ended, std::vector<std::string>{"store"});
  EXPECT_TRUE(finished);
}

TEST(Stopper, GoesOnAfterAPartThatDidNotEndInTimeAndSaysSo) {
  int stops = 0;
  bool in_time = true;
  auto late = [&](const Done& done) {
    ++stops;
    done(false);
  };
  auto prompt = [&](const Done& done) {
    ++stops;
    done(true);
  };
  Stopper::run({{"late", late}, {"prompt", prompt}}, [&](bool all) { in_time = all; });
  EXPECT_EQ(stops, 2);
  EXPECT_FALSE(in_time);
}

TEST(Stopper, FinishesAtOnceWithNothingToStop) {
  bool finished = false;
  Stopper::run({}, [&](bool in_time) { finished = in_time; });
  EXPECT_TRUE(finished);
}

}  // namespace
}  // namespace sonde::app::stopper_test
