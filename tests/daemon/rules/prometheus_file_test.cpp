#include "daemon/rules/prometheus_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace sonde::rules::prometheus_file_test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

std::string yaml_of(PrometheusRule rule) {
  const std::array groups{PrometheusGroup{.name = "g", .rules = {std::move(rule)}}};
  return to_yaml(groups);
}

std::string label(const std::string& value) {
  const std::string all = yaml_of({.alert = "A", .expr = "up", .labels = {{"l", value}}});
  return all.substr(all.find("l: ", all.find("labels:\n") + 8) + 3);
}

TEST(PrometheusFile, WritesDurationsInWholeUnits) {
  EXPECT_EQ(prometheus_duration(90min), "1h30m");
  EXPECT_EQ(prometheus_duration(720h), "30d");
  EXPECT_EQ(prometheus_duration(1500ms), "1s500ms");
  EXPECT_EQ(prometheus_duration(Span{}), "0s");
}

TEST(PrometheusFile, WritesWhatARuleHasAndNothingElse) {
  EXPECT_EQ(yaml_of({.record = "a:b:c", .expr = "sum(up)"}),
            "groups:\n  - name: g\n    interval: 15s\n    rules:\n"
            "      - record: a:b:c\n        expr: 'sum(up)'\n");
  EXPECT_THAT(
      yaml_of({.alert = "A", .expr = "a\nor\nb", .hold = 2min, .keep_firing_for = 5min}),
      HasSubstr("      - alert: A\n        expr: |\n          a\n          or\n          b\n"
                "        for: 2m\n        keep_firing_for: 5m\n"));
}

TEST(PrometheusFile, LeavesOutAGroupWithoutRules) {
  const std::array groups{PrometheusGroup{.name = "empty", .rules = {}}};
  EXPECT_THAT(to_yaml(groups), Not(HasSubstr("empty")));
}

TEST(PrometheusFile, QuotesWhatYamlWouldTakeForSomethingElse) {
  EXPECT_EQ(label("critical"), "critical\n");
  EXPECT_EQ(label("No"), "'No'\n");
  EXPECT_EQ(label("1e3"), "'1e3'\n");
  EXPECT_EQ(label("it's: # {}"), "'it''s: # {}'\n");
  EXPECT_EQ(label(""), "''\n");
}

TEST(PrometheusFile, EscapesWhatYamlDoesNotTake) {
  EXPECT_EQ(label("a\nb\x01"), "\"a\\nb\\u0001\"\n");
  EXPECT_EQ(label("\x7f\xc2\x85\xef\xbb\xbf"), "\"\\u007f\\u0085\\ufeff\"\n");
  EXPECT_EQ(label("\xf3\xa0\x81\x81\"\\"), "\"\\U000e0041\\\"\\\\\"\n");
  EXPECT_EQ(label("\xff"), "\"\\ufffd\"\n");
  EXPECT_EQ(label("gr\xc3\xbc\xc3\x9f"), "\"gr\xc3\xbc\xc3\x9f\"\n");
}

}  // namespace
}  // namespace sonde::rules::prometheus_file_test
