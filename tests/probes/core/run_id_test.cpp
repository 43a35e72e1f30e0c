#include "probes/core/run_id.hpp"

#include <gtest/gtest.h>

#include <set>

namespace sonde::run_id_test {
namespace {

const std::chrono::system_clock::time_point noon{std::chrono::seconds(1'796'126'400)};

TEST(RunId, IsThirtyTwoHexDigitsThatBeginWithTheSecond) {
  const std::string id = make_run_id(noon);
  EXPECT_TRUE(is_run_id(id)) << id;
  EXPECT_EQ(id.substr(0, 8), "6b0eb6c0");
  EXPECT_LT(id, make_run_id(noon + std::chrono::seconds(1)));
}

TEST(RunId, IsAnotherEachTime) {
  std::set<std::string> all;
  for (int n = 0; n < 10'000; ++n) all.insert(make_run_id(noon));
  EXPECT_EQ(all.size(), 10'000u);
}

// W3C Trace Context section 3.2.
TEST(RunId, AsTraceparentHasANewParentEachTime) {
  const std::string id = make_run_id(noon);
  std::set<std::string> all;
  for (int n = 0; n < 1000; ++n) {
    const std::string value = make_traceparent(id);
    ASSERT_EQ(value.size(), 55u);
    EXPECT_EQ(value.substr(0, 36), "00-" + id + "-");
    EXPECT_EQ(value.substr(52), "-01");
    EXPECT_EQ(value.substr(36, 16).find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_NE(value.substr(36, 16), std::string(16, '0'));
    all.insert(value);
  }
  EXPECT_EQ(all.size(), 1000u);
}

TEST(RunId, NothingElseIsOne) {
  for (const char* text : {"", "6b0ec340", "6B0EC3400123456789ABCDEF01234567",
                           "6b0ec3400123456789abcdef0123456g", "6b0ec3400123456789abcdef012345678"})
    EXPECT_FALSE(is_run_id(text)) << text;
}

}  // namespace
}  // namespace sonde::run_id_test
