#include "probes/text/random.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include "probes/text/template.hpp"

namespace sonde::text::random_test {
namespace {

constexpr int draws = 200;
constexpr std::uint64_t step = 0x9e3779b97f4a7c15ULL;  // of the generator itself

// Takes draws of each, and fails where two share one.
class Apart {
 public:
  void add(Random&& random, const std::string& whose) {
    for (int i = 0; i < draws; ++i)
      EXPECT_TRUE(all_.insert(random()).second) << whose << ", draw " << i;
  }

 private:
  std::set<std::uint64_t> all_;
};

TEST(Random, SeedsThatLieApartByAnyRuleShareNoDraw) {
  for (const std::uint64_t distance : {std::uint64_t{1}, step, 2 * step, std::uint64_t{1} << 32}) {
    Apart apart;
    for (std::uint64_t i = 0; i < 50; ++i)
      apart.add(Random(7 + i * distance), std::to_string(distance));
  }
}

TEST(Random, TheSeedsOfARunShareNoDrawWithEachOtherNorWithTheRun) {
  Apart apart;
  for (const std::uint64_t run :
       {std::uint64_t{7}, std::uint64_t{8}, 7 + step, ~std::uint64_t{0}}) {
    apart.add(Random(run), "the run");
    for (std::uint64_t i = 0; i < 50; ++i) apart.add(Random(seed_of(run, i)), "a session");
  }
}

TEST(Random, ACopyGoesItsOwnWay) {
  Random first(7);
  first();
  Random copy = first;
  Random other = first;
  Random of_copy = copy;
  Apart apart;
  apart.add(std::move(first), "the first");
  apart.add(std::move(copy), "a copy");
  apart.add(std::move(other), "another copy");
  apart.add(std::move(of_copy), "a copy of the copy");
}

TEST(Random, TheSameSeedGivesTheSameDraws) {
  Random one(7), two(7);
  for (int i = 0; i < draws; ++i) EXPECT_EQ(one(), two());
}

TEST(Names, CopiesDrawNothingThatAnotherDraws) {
  const Template text = "{{nonce(12)}}";
  const Names run(7);
  std::set<std::string> all;
  for (int i = 0; i < 50; ++i) {
    Names session = run;
    for (int j = 0; j < 20; ++j) EXPECT_TRUE(all.insert(text.render(session).value()).second);
  }
}

}  // namespace
}  // namespace sonde::text::random_test
