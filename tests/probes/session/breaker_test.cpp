#include "probes/session/breaker.hpp"

#include <gmock/gmock.h>

#include "tests/support/chat_target.hpp"

// Breakers of a target that our own refusal checks open.
namespace sonde::test::breaker_test {
namespace {

using namespace std::chrono_literals;

Instant at(Span span) { return Instant{} + 1h + span; }

session::Breaker after_refusals(std::initializer_list<Span> when) {
  session::Breaker breaker;
  for (const Span one : when) breaker.refused(at(one));
  return breaker;
}

TEST(Breaker, IsOpenedByThreeRefusalsAtLeast) {
  EXPECT_FALSE(after_refusals({0s, 1s}).tripped(at(2s), 1ms));
  EXPECT_TRUE(after_refusals({0s, 1s, 2s}).tripped(at(3s), 1ms));
}

TEST(Breaker, ThatOpensLongAfterTheRefusalsIsNotOurs) {
  EXPECT_TRUE(after_refusals({0s, 30s, 60s}).tripped(at(110s), 1ms));
  EXPECT_FALSE(after_refusals({0s, 30s, 60s}).tripped(at(130s), 1ms));
}

TEST(Breaker, AnswersFasterThanTheServiceDoes) {
  session::Breaker breaker = after_refusals({0s, 1s, 2s});
  for (const Span took : {100ms, 120ms, 90ms}) breaker.passed(took);
  EXPECT_FALSE(breaker.tripped(at(3s), 80ms));
  EXPECT_TRUE(breaker.tripped(at(3s), 5ms));
}

TEST(Breaker, PausesTheChecksOnceItIsOpen) {
  session::Breaker breaker = after_refusals({0s, 1s, 2s});
  EXPECT_TRUE(breaker.lets_check(at(3s)));
  breaker.tripped(at(3s), 1ms);
  EXPECT_FALSE(breaker.lets_check(at(4s)));
  EXPECT_TRUE(breaker.lets_check(at(3s + 10min)));
}

// A service whose breaker opens for everybody after three refusals, until it is closed.
struct Service {
  int refused = 0;
  bool closed_again = false;
  std::vector<std::string> shown = {};
  Script serve(const Request& request) {
    if (request.target() == "/auth/login") return {json(200, granted("the-granted-token"))};
    shown.push_back(request.header("Authorization"));
    if (refused >= 3 && !closed_again)
      return {json(503, R"({"error_code":"AUTH_CIRCUIT_BREAKER_OPEN"})")};
    if (shown.back() == "Bearer the-granted-token")
      return {accept(), ready_message(), wait_for_close()};
    ++refused;
    return {json(401, "{}")};
  }
};

TEST(BreakerProbe, AfterThreeRefusalsNoFurtherCheckIsMade) {
  Service service;
  const Server server(Handler([&](const Request& request) { return service.serve(request); }));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.probe["refuse"] = "[no_token, garbage_token]";
  Walker walker;
  EXPECT_EQ(walker.walk(usual).show(), "pass health/ok: ");
  ProbeRun walked = walker.walk(usual);
  EXPECT_EQ(walked.verdict.reason, Reason::breaker_open) << walked.show();
  EXPECT_EQ(walked.verdict.step, Step::refuse);
  walked = walker.walk(usual);
  EXPECT_EQ(walked.verdict.reason, Reason::breaker_open) << walked.show();
  EXPECT_EQ(walked.verdict.step, Step::upgrade) << "now it refuses the good token as well";
  service.closed_again = true;
  service.shown.clear();
  EXPECT_EQ(walker.walk(usual).show(), "pass health/ok: ");
  EXPECT_THAT(service.shown, testing::ElementsAre("Bearer the-granted-token"))
      << "the checks pause";
}

TEST(BreakerProbe, AnOverloadThatNobodyRefusedIsAFailure) {
  const Server server(after_login({json(503, "{}")}));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  EXPECT_EQ(walk(usual).verdict.reason, Reason::overloaded);
}

}  // namespace
}  // namespace sonde::test::breaker_test
