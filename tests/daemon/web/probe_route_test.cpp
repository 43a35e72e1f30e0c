#include "daemon/web/probe_route.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/web/routing.hpp"
#include "tests/daemon/metrics/made_result.hpp"
#include "tests/daemon/web/listening.hpp"

namespace sonde::web::probe_route_test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::StartsWith;

using Checks = std::vector<std::shared_ptr<const Check>>;

Checks two_probes() {
  return {metrics::chat_check("chat", "staging"), metrics::chat_check("chat", "production"),
          metrics::chat_check("log in", "staging")};
}

std::string found(const Checks& checks, std::string_view query) {
  const auto check = probe_of(checks, query);
  return check ? (*check)->name + " on " + (*check)->target : check.error();
}

TEST(ProbeOf, AQueryNamesAProbeAndItsTarget) {
  const Checks checks = two_probes();
  EXPECT_EQ(found(checks, "target=production&module=chat"), "chat on production");
  EXPECT_EQ(found(checks, "module=log%20in&target=staging"), "log in on staging");
}

TEST(ProbeOf, SaysWhatIsWrongWithAQuery) {
  const Checks checks = two_probes();
  EXPECT_EQ(found(checks, "target=staging"), "the parameter 'module' is missing: it names a probe");
  EXPECT_EQ(found(checks, "module=chat&target="),
            "the parameter 'target' is missing: it names a target");
  EXPECT_EQ(found(checks, "module=chatt&target=staging"),
            "there is no probe 'chatt' in the configuration; did you mean 'chat'?");
  EXPECT_EQ(found(checks, "module=chat&target=http://example.com"),
            "there is no target 'http://example.com' in the configuration");
  EXPECT_EQ(found(checks, "module=log+in&target=production"),
            "probe 'log in' is not made of target 'production', but of staging");
  EXPECT_THAT(found(checks, "module=%1b%5b31m&target=staging"), HasSubstr(R"('\x1b[31m')"));
  EXPECT_LT(found(checks, "module=" + std::string(5000, 'x') + "&target=a").size(), 300U);
}

TEST(ProbeLimit, LeavesTimeForTheAnswerToArrive) {
  EXPECT_EQ(probe_limit("", seconds(20)), seconds(20));
  EXPECT_EQ(probe_limit("10", seconds(20)), milliseconds(9500));
  EXPECT_EQ(probe_limit("10.000000", seconds(5)), seconds(5));
  EXPECT_EQ(probe_limit("0.5", seconds(5)), milliseconds(250));
  EXPECT_EQ(probe_limit("1", seconds(5)), milliseconds(500));
  for (const char* wrong : {"x", "-1", "0", "nan", "inf", "1e9", "1s", " 1", "10,5"}) {
    const auto limit = probe_limit(wrong, seconds(5));
    ASSERT_FALSE(limit) << wrong;
    EXPECT_THAT(limit.error(), HasSubstr("a number of seconds is expected"));
  }
}

struct ProbeRouteTest : Listening {
  Checks checks = two_probes();
  std::optional<ProbeReport> report = ProbeReport{.metrics = "probe_success 1\n", .trace = "PASS"};
  std::vector<std::string> asked;

  void start() {
    ProbeHooks hooks{
        .checks = [this] { return std::span(checks); },
        .run =
            [this](const std::shared_ptr<const Check>& check, Instant, ProbeHooks::Done done) {
              asked.push_back(check->name);
              done(report);
            }};
    Listening::start({.routes = {probe_route(std::move(hooks))}});
  }
};

TEST_F(ProbeRouteTest, AnswersWithMetricsOrWithTheTrace) {
  start();
  const std::string answer = get("/probe?module=chat&target=staging");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(answer, HasSubstr("Content-Type: text/plain; version=0.0.4"));
  EXPECT_THAT(answer, testing::EndsWith("\r\n\r\nprobe_success 1\n"));
  const std::string debug = get("/probe?module=chat&target=staging&debug=true");
  EXPECT_THAT(debug, HasSubstr("PASS\nMetrics that would have been returned:\nprobe_success 1\n"));
}

TEST_F(ProbeRouteTest, RunsNothingForAWrongQuestion) {
  start();
  EXPECT_THAT(get("/probe?module=chat"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(
      get("/probe?module=chat&target=staging", "X-Prometheus-Scrape-Timeout-Seconds: soon\r\n"),
      StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(get("/probe?module=chat&target=staging", "Sec-Fetch-Site: cross-site\r\n"),
              StartsWith("HTTP/1.1 403"));
  EXPECT_THAT(get("/probe?module=chat&target=staging", "Origin: https://example.com\r\n"),
              StartsWith("HTTP/1.1 403"));
  EXPECT_THAT(get("/probe?module=chat&target=staging", "Content-Length: 0\r\n", "POST"),
              StartsWith("HTTP/1.1 405"));
  EXPECT_THAT(asked, testing::IsEmpty());
}

TEST_F(ProbeRouteTest, SaysThatARunIsNotPossibleNow) {
  report.reset();
  start();
  EXPECT_THAT(get("/probe?module=chat&target=staging"), StartsWith("HTTP/1.1 503"));
}

TEST(Changes, NeedAClientThatIsTrusted) {
  const Route route{.path = "/x", .methods = {"GET", "POST", "DELETE"}};
  WebRequest request{.method = "DELETE", .path = "/x"};
  const auto refused = refuse_change(route, request, "");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 403U);
  EXPECT_THAT(refused->text, HasSubstr("--web.config.file"));
  request.trusted = true;
  EXPECT_FALSE(refuse_change(route, request, ""));
  request.trusted = false;
  request.method = "GET";
  EXPECT_FALSE(refuse_change(route, request, ""));
}

}  // namespace
}  // namespace sonde::web::probe_route_test
