#include "daemon/core/alert.hpp"

#include <gtest/gtest.h>

namespace sonde::alert_test {
namespace {

// The value is that of github.com/prometheus/common/model for the same label set.
TEST(Alert, FingerprintIsThatOfPrometheus) {
  EXPECT_EQ(fingerprint({}), 14695981039346656037ULL);
  EXPECT_EQ(fingerprint({{"name", "garland, briggs"}, {"fear", "love is not enough"}}),
            5799056148416392346ULL);
}

TEST(Alert, FingerprintKeepsNamesAndValuesApart) {
  EXPECT_NE(fingerprint({{"a", "bc"}}), fingerprint({{"ab", "c"}}));
}

TEST(Alert, SeveritiesHaveTheNamesOfLabels) {
  EXPECT_EQ(name(Severity::info), "info");
  EXPECT_EQ(name(Severity::critical), "critical");
}

}  // namespace
}  // namespace sonde::alert_test
