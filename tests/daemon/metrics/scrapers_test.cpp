#include "daemon/metrics/scrapers.hpp"

#include <gtest/gtest.h>

namespace sonde::metrics::scrapers_test {
namespace {

using namespace std::chrono_literals;

constexpr Instant start{1h};

TEST(ScrapersTest, WithoutAScraperWhatIsNewIsHeldForAMinute) {
  EXPECT_EQ(Scrapers().seen(start), start - 65s);
}

TEST(ScrapersTest, EveryRegularScraperHasToHaveAskedSince) {
  Scrapers scrapers;
  for (int i = 0; i < 4; ++i) {
    scrapers.answered("one", start + i * 15s);
    scrapers.answered("two", start + i * 15s + 5s);
  }
  EXPECT_EQ(scrapers.seen(start + 51s), start + 45s);
  scrapers.answered("one", start + 60s);
  EXPECT_EQ(scrapers.seen(start + 61s), start + 50s);
}

TEST(ScrapersTest, WhoAsksOnceIsNotWaitedFor) {
  Scrapers scrapers;
  scrapers.answered("curl", start);
  for (int i = 0; i < 4; ++i) scrapers.answered("one", start + 1s + i * 15s);
  EXPECT_EQ(scrapers.seen(start + 50s), start + 46s);
}

TEST(ScrapersTest, WhoIsGoneIsNotWaitedForAfterAMinute) {
  Scrapers scrapers;
  for (int i = 0; i < 4; ++i) scrapers.answered("gone", start + i * 1s);
  for (int i = 0; i < 20; ++i) scrapers.answered("one", start + i * 15s);
  EXPECT_EQ(scrapers.seen(start + 100s), start + 100s - 65s);
  EXPECT_EQ(scrapers.seen(start + 300s), start + 285s) << "it is forgotten";
}

TEST(ScrapersTest, ManyClientsDoNotPushOutWhoAsksRegularly) {
  Scrapers scrapers;
  for (int i = 0; i < 1000; ++i) {
    scrapers.answered("one", start + i * 1s);
    scrapers.answered("client " + std::to_string(i), start + i * 1s);
  }
  EXPECT_EQ(scrapers.seen(start + 1000s), start + 999s);
}

}  // namespace
}  // namespace sonde::metrics::scrapers_test
