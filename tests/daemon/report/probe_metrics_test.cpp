#include "daemon/report/probe_metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "tests/daemon/core/made_results.hpp"

namespace sonde::report::probe_metrics_test {
namespace {
using testing::HasSubstr;
using testing::Not;

std::string of(Verdict verdict, const std::function<void(Trace&)>& fill = {}) {
  auto trace = std::make_shared<Trace>(MadeResult::at(0));
  if (fill) fill(*trace);
  Result result;
  result.check = std::make_shared<const Check>();
  result.verdict = std::move(verdict);
  result.took = std::chrono::milliseconds(1500);
  conclude(result, std::move(trace));
  return probe_metrics(result);
}

void fill_https(Trace& trace) {
  const auto phase = [&](Phase one, int from, int to) {
    trace.enter(one, MadeResult::at(from));
    trace.leave(MadeResult::at(to));
  };
  for (int start : {0, 100}) {
    phase(Phase::resolve, start, start + 1);
    phase(Phase::connect, start + 1, start + 3);
    phase(Phase::tls, start + 3, start + 13);
    phase(Phase::request, start + 13, start + 14);
    phase(Phase::first_byte, start + 14, start + 34);
    phase(Phase::body, start + 34, start + 39);
    trace.exchange({.method = "GET", .url = "https://t/", .status = start == 0 ? 302 : 200});
  }
  trace.peer("[2001:db8::1]:443");
  trace.tls({.version = "TLSv1.3", .not_after = 2000, .host_port = "t:443"});
}

TEST(ProbeMetrics, OfAPassedRunHaveTheNamesOfBlackboxExporter) {
  const std::string page = of(Verdict::pass(), fill_https);
  EXPECT_THAT(page, HasSubstr("\nprobe_success 1\n"));
  EXPECT_THAT(page, HasSubstr("\nprobe_duration_seconds 1.500000\n"));
  EXPECT_THAT(page, HasSubstr("\nprobe_dns_lookup_time_seconds 0.002000\n"));
  EXPECT_THAT(page, HasSubstr("\nprobe_http_duration_seconds{phase=\"resolve\"} 0.002000\n"));
  EXPECT_THAT(page, HasSubstr("\nprobe_http_duration_seconds{phase=\"connect\"} 0.004000\n"));
  EXPECT_THAT(page, HasSubstr("\nprobe_http_duration_seconds{phase=\"tls\"} 0.020000\n"));
  EXPECT_THAT(page, HasSubstr("\nprobe_http_duration_seconds{phase=\"processing\"} 0.042000\n"));
  EXPECT_THAT(page, HasSubstr("\nprobe_http_duration_seconds{phase=\"transfer\"} 0.010000\n"));
  EXPECT_THAT(page, HasSubstr("\nprobe_http_status_code 200\n"));
  EXPECT_THAT(page, HasSubstr("\nprobe_http_ssl 1\n"));
  EXPECT_THAT(page, HasSubstr("\nprobe_ip_protocol 6\n"));
  EXPECT_THAT(page, HasSubstr("\nprobe_ssl_earliest_cert_expiry 2000\n"));
  EXPECT_THAT(page, HasSubstr("\nprobe_tls_version_info{version=\"TLS 1.3\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("\nprobe_phase_duration_seconds{phase=\"first_byte\"} 0.040000\n"));
  EXPECT_THAT(page, Not(HasSubstr("probe_failure_info")));
}

TEST(ProbeMetrics, OfAFailureSayWhereAndWhy) {
  const std::string page = of(Verdict::of(Step::health, {Reason::bad_body, "x"}));
  EXPECT_THAT(page, HasSubstr("\nprobe_success 0\n"));
  EXPECT_THAT(page, HasSubstr("\nprobe_failure_info{outcome=\"fail\",step=\"health\","
                              "reason=\"bad_body\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("\nprobe_failed_due_to_regex 1\n"));
  EXPECT_THAT(page, Not(HasSubstr("probe_http")));
}

TEST(ProbeMetrics, AnInconclusiveRunIsNoSuccess) {
  const std::string page = of(Verdict::of(Step::login, {Reason::own_lag, "x"}));
  EXPECT_THAT(page, HasSubstr("\nprobe_success 0\n"));
  EXPECT_THAT(page, HasSubstr("outcome=\"inconclusive\""));
}

TEST(ProbeMetrics, EachSeriesIsOnThePageOnce) {
  std::istringstream page(of(Verdict::pass(), fill_https));
  std::set<std::string> seen;
  for (std::string line; std::getline(page, line);) {
    const bool value = !line.starts_with('#');
    EXPECT_TRUE(seen.insert(value ? line.substr(0, line.rfind(' ')) : line).second) << line;
  }
}

}  // namespace
}  // namespace sonde::report::probe_metrics_test
