#include "probes/isolation/isolation_scan.hpp"

#include <gmock/gmock.h>

namespace sonde::isolation::isolation_scan_test {
namespace {

TEST(Needles, TextsThatAreTooShortToBeNoChanceAreIgnored) {
  Needles needles;
  needles.add("short", 0);
  EXPECT_TRUE(needles.owners_in("a short text").empty());
}

TEST(Needles, EveryOwnerIsFoundOnce) {
  Needles needles;
  needles.add("aaaaaaaa-one", 0);
  needles.add("aaaaaaaa-two", 2);
  EXPECT_THAT(needles.owners_in("aaaaaaaa-two aaaaaaaa-one AAAAAAAA-ONE"),
              testing::ElementsAre(0, 2));
}

}  // namespace
}  // namespace sonde::isolation::isolation_scan_test
