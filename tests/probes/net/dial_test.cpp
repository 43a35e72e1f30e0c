#include "probes/net/dial.hpp"

#include <sys/resource.h>

#include "probes/net/http/http_io.hpp"
#include "probes/net/tcp/tcp_connect.hpp"
#include "probes/net/tcp/tcp_failure.hpp"
#include "tests/support/dns_server.hpp"
#include "tests/support/net_loop.hpp"
#include "tests/support/tcp_server.hpp"

namespace sonde::net::dial_test {
namespace asio = boost::asio;
namespace {

using test::BlackHole;
using test::DnsReply;
using test::TcpServer;

asio::awaitable<std::string> say_hello(Transport& line) {
  co_await write_all(line, "hello");
  char bytes[16];
  const auto got = co_await read_some(line, bytes);
  co_return std::string(bytes, got.bytes);
}

class Dial : public test::NetLoop {
 protected:
  auto to(const std::string& host, std::uint16_t port, Span limit = std::chrono::seconds(20)) {
    const Url url{.scheme = "http", .host = host, .port = port};
    return run(dial(network, url, line, trace), limit);
  }
  Reason reason(const std::string& host, std::uint16_t port,
                Span limit = std::chrono::seconds(20)) {
    auto dialled = to(host, port, limit);
    detail = dialled ? "" : dialled.error().detail;
    return dialled ? Reason::ok : dialled.error().reason;
  }
  // From now on every name has these addresses.
  void names_are(const std::vector<std::string>& v4, const std::vector<std::string>& v6) {
    dns.emplace([v4, v6](const std::string&, const std::string& type) -> DnsReply {
      return {.addresses = type == "A" ? v4 : v6};
    });
    line.dns.servers = {dns->address()};
  }
  std::optional<test::DnsServer> dns;
  Trace trace;
  std::string detail;
};

TEST_F(Dial, ConnectsToAnAddress) {
  const TcpServer server(test::echo);
  auto dialled = to("127.0.0.1", server.port());
  ASSERT_TRUE(dialled) << dialled.error().detail;
  EXPECT_EQ(run(say_hello(**dialled)), "hello");
  EXPECT_EQ(trace.peer(), "127.0.0.1:" + std::to_string(server.port()));
  ASSERT_EQ(trace.phases().size(), 2U);
  EXPECT_EQ(trace.phases()[0].phase, Phase::resolve);
  EXPECT_EQ(trace.phases()[1].phase, Phase::connect);
}

TEST_F(Dial, PinnedAddressNeedsNoName) {
  const TcpServer server(test::echo);
  test::DnsServer down(
      [](const std::string&, const std::string&) -> DnsReply { return {.code = 2}; });
  line.dns.servers = {down.address()};
  EXPECT_FALSE(to("name.test", server.port()));
  const int asked = down.questions();
  line.pinned = "127.0.0.1";
  auto dialled = to("name.test", server.port());
  ASSERT_TRUE(dialled) << dialled.error().detail;
  EXPECT_EQ(trace.peer(), "127.0.0.1:" + std::to_string(server.port()));
  EXPECT_EQ(down.questions(), asked);
}

TEST_F(Dial, ConnectsToAnIpv6Address) {
  const TcpServer server(test::echo, "::1");
  ASSERT_TRUE(to("::1", server.port()));
  EXPECT_EQ(trace.peer(), "[::1]:" + std::to_string(server.port()));
}

TEST_F(Dial, NobodyListeningIsRefused) {
  const auto port = test::refused_port();
  EXPECT_EQ(reason("127.0.0.1", port), Reason::tcp_refused);
  EXPECT_TRUE(detail.contains("127.0.0.1:" + std::to_string(port))) << detail;
}

TEST_F(Dial, SilenceIsCutAtOnceWhenTheRunIs) {
  const BlackHole hole;
  const auto begun = Clock::now();
  EXPECT_EQ(reason("127.0.0.1", hole.port(), std::chrono::milliseconds(60)), Reason::cut);
  EXPECT_LT(Clock::now() - begun, std::chrono::seconds(5));
  EXPECT_EQ(trace.phase(), Phase::connect);
}

TEST_F(Dial, RaceIsCutAtOnceWhenTheRunIs) {
  const BlackHole hole;
  names_are({"127.0.0.1", "127.0.0.1"}, {});
  EXPECT_EQ(reason("slow.test", hole.port(), std::chrono::milliseconds(60)), Reason::cut);
}

TEST(SocketFailure, TellsWhoseFaultItIs) {
  const auto reason = [](int number) {
    return socket_failure({number, boost::system::system_category()}, "here").reason;
  };
  EXPECT_EQ(reason(ECONNREFUSED), Reason::tcp_refused);
  EXPECT_EQ(reason(ETIMEDOUT), Reason::tcp_timeout);
  EXPECT_EQ(reason(ECONNRESET), Reason::tcp_reset);
  EXPECT_EQ(reason(EHOSTUNREACH), Reason::tcp_unreachable);
  EXPECT_EQ(reason(EMFILE), Reason::own_descriptors);
  EXPECT_EQ(reason(ENETDOWN), Reason::own_network);
  EXPECT_EQ(reason(EADDRNOTAVAIL), Reason::own_network);
  EXPECT_EQ(reason(ECANCELED), Reason::cut);
}

TEST_F(Dial, OutOfDescriptorsIsOurFault) {
#if __has_feature(undefined_behavior_sanitizer)
  GTEST_SKIP() << "the sanitizer opens a pipe to look at objects, so it needs descriptors itself";
#endif
  const TcpServer server(test::echo);
  ASSERT_TRUE(to("127.0.0.1", server.port()));  // the loop has its own descriptors now
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  rlimit none = before;
  none.rlim_cur = 0;
  ::setrlimit(RLIMIT_NOFILE, &none);
  const auto found = reason("127.0.0.1", server.port());
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(found, Reason::own_descriptors);
}

TEST_F(Dial, OtherFamilyIsTriedWhenTheFirstIsRefused) {
  const TcpServer server(test::echo, "::1");
  names_are({"127.0.0.1"}, {"::1"});
  ASSERT_TRUE(to("both.test", server.port()));
  EXPECT_EQ(trace.peer(), "[::1]:" + std::to_string(server.port()));
}

TEST_F(Dial, OtherFamilyIsTriedWhenTheFirstIsSilent) {
  const BlackHole hole;
  const TcpServer server(test::echo, "::1", hole.port());
  names_are({"127.0.0.1"}, {"::1"});
  const auto begun = Clock::now();
  ASSERT_TRUE(to("both.test", server.port()));
  EXPECT_GE(Clock::now() - begun, std::chrono::milliseconds(250));
  EXPECT_LT(Clock::now() - begun, std::chrono::seconds(3));
}

TEST_F(Dial, AllAddressesRefusedAreListed) {
  names_are({"127.0.0.1", "127.0.0.2"}, {});
  const auto port = std::to_string(test::refused_port());
  EXPECT_EQ(reason("two.test", test::refused_port()), Reason::tcp_refused);
  EXPECT_TRUE(detail.contains("127.0.0.1:")) << detail;
  EXPECT_TRUE(detail.contains("127.0.0.2:")) << detail;
}

TEST_F(Dial, FamilyIsObeyed) {
  const TcpServer server(test::echo, "::1");
  names_are({"127.0.0.1"}, {"::1"});
  line.family = Family::ipv4;
  EXPECT_EQ(reason("both.test", server.port()), Reason::tcp_refused);
  line.family = Family::ipv6;
  EXPECT_EQ(reason("both.test", server.port()), Reason::ok);
}

TEST_F(Dial, EachFamilyMustConnect) {
  const TcpServer four(test::echo);
  names_are({"127.0.0.1"}, {"::1"});
  line.family = Family::each;
  EXPECT_EQ(reason("both.test", four.port()), Reason::tcp_refused);
  EXPECT_TRUE(detail.contains("[::1]")) << detail;
  const TcpServer six(test::echo, "::1", four.port());
  EXPECT_EQ(reason("both.test", four.port()), Reason::ok);
  EXPECT_EQ(trace.peer(), "127.0.0.1:" + std::to_string(four.port()));
}

TEST_F(Dial, EachIsContentWithTheFamilyThatTheNameHas) {
  const TcpServer four(test::echo);
  names_are({"127.0.0.1"}, {});
  line.family = Family::each;
  EXPECT_EQ(reason("four.test", four.port()), Reason::ok);
}

TEST_F(Dial, ResetIsSeenByTheReader) {
  const TcpServer server(test::reset);
  auto dialled = to("127.0.0.1", server.port());
  if (!dialled) {  // the reset was faster than we were
    EXPECT_EQ(dialled.error().reason, Reason::tcp_reset);
    return;
  }
  char bytes[8];
  const auto got = run(read_some(**dialled, bytes));
  EXPECT_EQ(got.error, asio::error::connection_reset);
}

TEST_F(Dial, EndIsSeenByTheReader) {
  const TcpServer server(test::say("bye"));
  auto dialled = to("127.0.0.1", server.port());
  ASSERT_TRUE(dialled);
  char bytes[8];
  EXPECT_EQ(run(read_some(**dialled, bytes)).bytes, 3U);
  EXPECT_EQ(run(read_some(**dialled, bytes)).error, asio::error::eof);
}

}  // namespace
}  // namespace sonde::net::dial_test
