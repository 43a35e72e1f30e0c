#include "daemon/core/incidents.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/core/made_alert.hpp"

namespace sonde::incidents_test {
namespace {

using test::at;

AlertRecord record(const std::string& name, const std::string& incident, double starts,
                   std::optional<double> ended, const std::string& severity = "warning") {
  AlertRecord made;
  made.labels = {{"alertname", name}, {"target", "staging"}, {"severity", severity}};
  made.summary = name + " is down";
  made.starts = at(starts);
  if (ended) made.ended = at(*ended);
  made.incident = incident;
  return made;
}

TEST(Incidents, LastFromTheFirstAlertToTheLast) {
  const auto all = incidents_of({record("C", "i2", 500, std::nullopt),
                                 record("B", "i1", 10, 90, "critical"), record("A", "i1", 0, 60)});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].id, "i2");
  EXPECT_FALSE(all[0].ended);
  EXPECT_EQ(all[1].id, "i1");
  EXPECT_EQ(all[1].target, "staging");
  EXPECT_EQ(all[1].starts, at(0));
  EXPECT_EQ(all[1].ended, at(90));
  EXPECT_EQ(all[1].severity, Severity::critical);
  EXPECT_EQ(all[1].changed(), at(90));
  EXPECT_EQ(all[1].lead().summary, "B is down");
  ASSERT_EQ(all[1].alerts.size(), 2U);
  EXPECT_EQ(all[1].alerts[0].starts, at(0));
}

TEST(Incidents, AreOpenWhileOneAlertFiresAndDescribedByIt) {
  for (const bool reversed : {false, true}) {
    std::vector<AlertRecord> records = {record("A", "i1", 0, 60, "critical"),
                                        record("B", "i1", 10, std::nullopt),
                                        record("C", "i1", 5, 8)};
    if (reversed) std::ranges::reverse(records);
    const auto all = incidents_of(records);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_FALSE(all[0].ended);
    EXPECT_EQ(all[0].lead().summary, "B is down");
  }
}

TEST(Incidents, ARecordWithoutAnIdIsOneOfItsOwnAndWhatAlwaysFiresIsNone) {
  const auto all = incidents_of({record("A", "", 0, 60), record("A", "", 100, 160),
                                 record("SondeWatchdog", "w", 0, std::nullopt, "none")});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].id.size(), 16U);
  EXPECT_NE(all[0].id, all[1].id);
  EXPECT_EQ(all[0].id, incidents_of({record("A", "", 100, std::nullopt)})[0].id);
}

}  // namespace
}  // namespace sonde::incidents_test
