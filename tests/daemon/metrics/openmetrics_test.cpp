#include "daemon/metrics/openmetrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/metrics/metrics_fixture.hpp"

namespace sonde::metrics::openmetrics_test {
namespace {

using std::chrono::milliseconds;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

class OpenMetrics : public MetricsTest {};

TEST_F(OpenMetrics, FamilyOfACounterHasNoTotalAndThePageEnds) {
  metrics.accept(Making(chat, Verdict::pass()).done());
  const std::string page = openmetrics();
  EXPECT_THAT(page, HasSubstr("# TYPE sonde_probe_runs counter\n# HELP sonde_probe_runs Probe"));
  EXPECT_THAT(page, HasSubstr(line("sonde_probe_runs_total", "", "1")));
  EXPECT_THAT(page, HasSubstr("# TYPE sonde_probe_success gauge\n"));
  EXPECT_THAT(page, EndsWith("\n# EOF\n"));
}

TEST_F(OpenMetrics, HasTheSameSeriesAsTheText) {
  metrics.accept(Making(chat, Verdict::pass()).done());
  metrics.accept(Making(chat, Verdict::of(Step::login, {Reason::server_error, ""})).done());
  const auto series = [](const std::string& page) {
    std::set<std::string> all;
    std::istringstream lines(page);
    for (std::string one; std::getline(lines, one);)
      if (!one.starts_with('#')) all.insert(one.substr(0, one.find("} ") + 1));
    return all;
  };
  const auto text = series(page());
  EXPECT_EQ(series(openmetrics()), text);
  EXPECT_GT(text.size(), 50U);
}

TEST_F(OpenMetrics, AFailureNamesTheRunThatFailedLast) {
  for (int i = 0; i < 2; ++i)
    metrics.accept(Making(chat, Verdict::of(Step::login, {Reason::server_error, ""})).done());
  const std::string page = openmetrics();
  EXPECT_THAT(page, testing::ContainsRegex(
                        "sonde_probe_failures_total\\{[^}]*reason=\"server_error\"\\} 2 # "
                        "\\{run=\"6553f1000123456789abcdef01234567\",trace_id="
                        "\"6553f1000123456789abcdef01234567\"\\} 1 "
                        "[0-9]+\\.[0-9]{3}\n"));
  EXPECT_THAT(this->page(), Not(HasSubstr(" # {run=")));
}

TEST_F(OpenMetrics, ACountThatIsHeldAtZeroNamesNoRun) {
  metrics.scraped("p", now - std::chrono::seconds(30));
  metrics.scraped("p", now - std::chrono::seconds(15));
  metrics.accept(Making(chat, Verdict::of(Step::login, {Reason::server_error, ""})).done());
  EXPECT_THAT(page_now(false, PageFormat::openmetrics),
              testing::ContainsRegex("sonde_probe_failures_total\\{[^}]*\\} 0\n"));
}

TEST_F(OpenMetrics, ABucketNamesARunThatFellIntoIt) {
  metrics.accept(Making(chat, Verdict::pass()).done());
  EXPECT_THAT(openmetrics(), testing::ContainsRegex(
                                 "sonde_probe_duration_seconds_bucket\\{[^}]*le=\"[0-9.]+\"\\} 1 "
                                 "# \\{run=\"[^\"]+\",trace_id=\"[^\"]+\"\\} [0-9.]+ [0-9.]+\n"));
}

TEST(OpenMetricsText, EscapesLabelsAndHelp) {
  prometheus::MetricFamily family;
  family.name = "odd_total";
  family.help = "a \"quoted\" \\ text\nin two lines";
  family.type = prometheus::MetricType::Counter;
  family.metric.resize(1);
  family.metric[0].label = {{"probe", "a\"b\\c\nd"}};
  family.metric[0].counter.value = 1e21;
  std::string page;
  write_openmetrics(page, family, {});
  EXPECT_EQ(page,
            "# TYPE odd counter\n# HELP odd a \\\"quoted\\\" \\\\ text\\nin two lines\n"
            "odd_total{probe=\"a\\\"b\\\\c\\nd\"} 1e+21\n");
}

}  // namespace
}  // namespace sonde::metrics::openmetrics_test
