#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/metrics/metrics_fixture.hpp"

namespace sonde::metrics::cause_metrics_test {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST_F(MetricsTest, SaysSinceWhenThereIsNoVerdictAndWhy) {
  EXPECT_THAT(page(), Not(HasSubstr("sonde_probe_inconclusive_since_timestamp_seconds{")));
  metrics.accept(Making(chat, failed(Step::login, Reason::own_dns)).done());
  metrics.accept(Making(chat, failed(Step::login, Reason::own_secret)).done());
  EXPECT_THAT(page(), HasSubstr(R"(sonde_probe_inconclusive_since_timestamp_seconds{probe="chat",)"
                                R"(kind="chat",target="staging",reason="own_secret"})"));
  metrics.accept(Making(chat, failed(Step::login, Reason::egress_down)).done());
  EXPECT_THAT(page(), Not(HasSubstr("sonde_probe_inconclusive_since_timestamp_seconds{")));
}

TEST_F(MetricsTest, SaysWhenARunWasNotMadeBecauseLoginsWereRefused) {
  EXPECT_THAT(page(), Not(HasSubstr("sonde_probe_suppressed_timestamp_seconds{")));
  metrics.accept(Making(chat, failed(Step::login, Reason::suppressed)).done());
  EXPECT_THAT(page(), HasSubstr(R"(sonde_probe_suppressed_timestamp_seconds{probe="chat",)"
                                R"(kind="chat",target="staging"})"));
}

TEST_F(MetricsTest, CountsConcludedCausesBesideTheReason) {
  Making made(chat, failed(Step::upgrade, Reason::unauthorized));
  made.result.verdict.concluded = Reason::clock_skew;
  metrics.accept(made.done());
  const std::string text = page();
  EXPECT_THAT(text, HasSubstr(line("sonde_probe_failures_total",
                                   R"(step="upgrade",reason="unauthorized")", "1")));
  EXPECT_THAT(
      text, HasSubstr(line("sonde_probe_conclusions_total",
                           R"(step="upgrade",reason="unauthorized",concluded="clock_skew")", "1")));
}

}  // namespace
}  // namespace sonde::metrics::cause_metrics_test
