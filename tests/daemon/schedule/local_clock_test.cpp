#include "daemon/schedule/local_clock.hpp"

#include <gmock/gmock.h>

#include "probes/net/dial.hpp"
#include "tests/daemon/schedule/published.hpp"
#include "tests/support/http_server.hpp"
#include "tests/support/net_loop.hpp"
#include "tests/support/tls_server.hpp"

namespace sonde::schedule::local_clock_test {
namespace {

using std::chrono::days;
using std::chrono::minutes;
using std::chrono::sys_seconds;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

sys_seconds now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

TlsFacts valid(sys_seconds from, sys_seconds until) {
  TlsFacts facts;
  facts.not_before = from.time_since_epoch().count();
  facts.not_after = until.time_since_epoch().count();
  return facts;
}

TEST(ClockBlame, IsOursWhereTheCertificateIsValidInTheServersTime) {
  const sys_seconds ours = now(), servers = ours + days(100);
  EXPECT_THAT(clock_blame(ours, servers, valid(servers - days(1), servers + days(1))),
              HasSubstr("nothing keeps ours"));
  EXPECT_THAT(clock_blame(servers, ours, valid(ours - days(1), ours + days(1))), Not(IsEmpty()));
}

TEST(ClockBlame, IsTheServersWhereTheClocksAgreeOrItIsNotValidThereEither) {
  const sys_seconds ours = now();
  const TlsFacts expired = valid(ours - days(9), ours - minutes(1));
  EXPECT_EQ(clock_blame(ours, ours - minutes(2), expired), "");
  EXPECT_EQ(clock_blame(ours, ours + days(1), expired), "");
  EXPECT_EQ(clock_blame(ours, ours - days(10), expired), "");
}

// A server whose certificate is valid between two days from now on, and that tells a time.
class OwnClockTest : public test::NetLoop {
 protected:
  static bool kept() { return true; }
  static bool not_kept() { return false; }

  std::string blame(test::Certified when, const std::string& date, LocalClock::Kept kept) {
    const test::Server http(
        test::Script{test::send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + date + "\r\n")});
    const test::TlsServer server({.identity = authority.issue(when), .relay = http.port()});
    line.tls.ca = authority.file();
    Trace trace;
    const net::Url url{.scheme = "https", .host = "127.0.0.1", .port = server.port()};
    const auto dialled = run(net::dial(network, url, line, trace));
    EXPECT_FALSE(dialled);
    EXPECT_EQ(dialled.error().reason, Reason::tls_expired);
    LocalClock clock(kept);
    clock.use(network);
    return run(clock.blame(trace));
  }

  test::Authority authority;
  test::Certified future{.from_days = 20'000, .to_days = 30'000};
  test::Certified past{.from_days = -30, .to_days = -10};
};

TEST_F(OwnClockTest, ThatNothingKeepsTakesTheBlame) {
  const std::string why = blame(future, "Date: Wed, 01 Jan 2098 00:00:00 GMT\r\n", not_kept);
  EXPECT_THAT(why, HasSubstr("the server's 2098-01-01T00:00:00Z"));
}

TEST_F(OwnClockTest, ThatIsKeptIsRight) {
  EXPECT_EQ(blame(future, "Date: Wed, 01 Jan 2098 00:00:00 GMT\r\n", kept), "");
}

TEST_F(OwnClockTest, AServerThatKnowsThatItsCertificateHasExpiredIsToBlame) {
  EXPECT_EQ(blame(past, "Date: Wed, 01 Jan 2098 00:00:00 GMT\r\n", not_kept), "");
}

TEST_F(OwnClockTest, AServerThatTellsNoTimeIsToBlame) {
  EXPECT_EQ(blame(future, "", not_kept), "");
}

// A worker whose probe meets a certificate of the future.
struct ClockOfAWorker : WorkerTest {
  ResultPtr result(LocalClock::Kept kept) {
    const test::Server http(
        test::Script{test::answer(200, "", {{"Date", "Wed, 01 Jan 2098 00:00:00 GMT"}})});
    test::Authority authority;
    const test::TlsServer server({.identity = authority.issue({}), .relay = http.port()});
    script->certificate = valid(now() + days(20'000), now() + days(30'000));
    script->certificate.host_port = "127.0.0.1:" + std::to_string(server.port());
    script->verdicts = {Reason::tls_expired};
    Worker::Options with = options();
    with.clock_is_kept = kept;
    Worker worker(std::move(with));
    worker.assign(duties());
    const Outcome outcome = kept() ? Outcome::fail : Outcome::inconclusive;
    return published.wait_for(1, outcome).front();
  }
};

TEST_F(ClockOfAWorker, TakesTheBlameForACertificateOnlyIfNothingKeepsIt) {
  const ResultPtr ours = result([] { return false; });
  EXPECT_EQ(ours->verdict.reason, Reason::own_clock);
  EXPECT_THAT(ours->verdict.detail, HasSubstr("; else: tls_expired, "));
}

TEST_F(ClockOfAWorker, ThatIsKeptLeavesItToTheTarget) {
  EXPECT_EQ(result([] { return true; })->verdict.reason, Reason::tls_expired);
}

}  // namespace
}  // namespace sonde::schedule::local_clock_test
