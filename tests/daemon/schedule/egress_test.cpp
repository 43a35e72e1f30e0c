#include "daemon/schedule/egress.hpp"

#include <gmock/gmock.h>

#include <set>

#include "probes/core/when_all.hpp"
#include "tests/support/dns_server.hpp"
#include "tests/support/net_loop.hpp"
#include "tests/support/tcp_server.hpp"

namespace sonde::schedule::egress_test {
namespace asio = boost::asio;
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

Reference tcp(std::uint16_t port) { return {.tcp = {.host = "127.0.0.1", .port = port}}; }

Reference dns(const test::DnsServer& server) {
  return {.dns = "example.test", .servers = {.servers = {server.address()}}};
}

struct EgressTest : test::NetLoop {
  std::vector<EgressState> told;
  Egress egress{io.get_executor(), [this](EgressState state) { told.push_back(state); }};

  void assign(std::vector<Reference> references, Span timeout = seconds(10),
              Span every = std::chrono::hours(1)) {
    auto settings = std::make_shared<EgressSettings>();
    settings->references = std::move(references);
    settings->timeout = timeout;
    settings->every = every;
    egress.assign(std::move(settings), network);
  }
  std::string blame() {
    const Instant now = Clock::now();
    return run(egress.blame(now, now));
  }
  void work_until_told(EgressState state) {
    const Instant limit = Clock::now() + seconds(20);
    while ((told.empty() || told.back() != state) && Clock::now() < limit)
      io.run_one_for(milliseconds(50));
    ASSERT_FALSE(told.empty());
    EXPECT_EQ(told.back(), state);
  }
  void work_until_told_times(std::size_t count) {
    const Instant limit = Clock::now() + seconds(20);
    while (told.size() < count && Clock::now() < limit) io.run_one_for(milliseconds(50));
    EXPECT_GE(told.size(), count);
  }
  void TearDown() override {
    bool drained = false;
    egress.stop();
    egress.tasks().when_drained([&] { drained = true; });
    while (!drained) io.run_one();
  }
};

TEST_F(EgressTest, OneConnectionIsEnough) {
  test::TcpServer server(test::swallow);
  assign({tcp(test::refused_port()), tcp(server.port())});
  EXPECT_EQ(blame(), "");
  EXPECT_EQ(told.back(), EgressState::up);
}

TEST_F(EgressTest, TheFirstAnswerIsNotKeptWaitingByASilentReference) {
  test::TcpServer server(test::swallow);
  const test::BlackHole hole;
  assign({tcp(hole.port()), tcp(server.port())}, std::chrono::hours(1));
  EXPECT_EQ(blame(), "");
}

TEST_F(EgressTest, ARefusalIsNoAnswerAndEachReferenceIsNamed) {
  const std::uint16_t one = test::refused_port(), other = test::refused_port();
  assign({tcp(one), tcp(other)});
  const std::string why = blame();
  EXPECT_THAT(why, HasSubstr("tcp 127.0.0.1:" + std::to_string(one) + ": "));
  EXPECT_THAT(why, HasSubstr("tcp 127.0.0.1:" + std::to_string(other) + ": "));
  EXPECT_THAT(why, HasSubstr("refused"));
  EXPECT_EQ(told.back(), EgressState::down);
}

TEST_F(EgressTest, ThatItsZoneHasNoSuchNameIsAnAnswer) {
  test::DnsServer server(
      [](const auto&, const auto&) { return test::DnsReply{.code = 3, .of_zone = true}; });
  assign({dns(server), tcp(test::refused_port())});
  EXPECT_EQ(blame(), "");
}

TEST_F(EgressTest, AServerThatMakesUpThatThereIsNoNameIsNotBelieved) {
  test::DnsServer server([](const auto&, const auto&) { return test::DnsReply{.code = 3}; });
  assign({dns(server)});
  EXPECT_THAT(blame(), HasSubstr("a server that names no zone"));
}

TEST_F(EgressTest, UnlessItKnowsTheNameItself) {
  test::DnsServer server([](const std::string& name, const auto&) {
    return name == "example.test" ? test::DnsReply{.addresses = {"192.0.2.1"}}
                                  : test::DnsReply{.code = 3};
  });
  assign({dns(server)});
  EXPECT_EQ(blame(), "");
}

TEST_F(EgressTest, ServfailIsNone) {
  test::DnsServer server([](const auto&, const auto&) { return test::DnsReply{.code = 2}; });
  assign({dns(server), tcp(test::refused_port())});
  EXPECT_THAT(blame(), HasSubstr("dns example.test: "));
}

TEST_F(EgressTest, SilenceIsNoneWhenTheTimeIsOver) {
  test::DnsServer server([](const auto&, const auto&) { return test::DnsReply{.silent = true}; });
  const test::BlackHole hole;
  assign({dns(server), tcp(hole.port())}, milliseconds(80));
  const std::string why = blame();
  EXPECT_THAT(why, HasSubstr("dns example.test: no answer in time"));
  EXPECT_THAT(why, HasSubstr(std::to_string(hole.port()) + ": no answer in time"));
}

TEST_F(EgressTest, NoNameIsAskedForTwiceSoNoCacheAnswers) {
  std::multiset<std::string> asked;  // touched by the server's thread until it is ended
  {
    test::DnsServer server([&](const std::string& name, const std::string& type) {
      if (type == "A") asked.insert(name);
      return test::DnsReply{.code = 3, .of_zone = true};
    });
    assign({dns(server)}, seconds(10), milliseconds(1));
    egress.watch();
    work_until_told_times(3);
    egress.assign(nullptr, network);
  }
  EXPECT_GE(asked.size(), 2u);
  for (const std::string& name : asked) {
    EXPECT_EQ(asked.count(name), 1u) << name;
    EXPECT_TRUE(name.ends_with(".example.test")) << name;
  }
}

asio::awaitable<void> blame_once(Egress& egress, int& blamed) {
  const Instant now = Clock::now();
  const std::string why = co_await egress.blame(now, now);
  blamed += why.empty() ? 0 : 1;
}

asio::awaitable<int> blame_together(Egress& egress, int count) {
  int blamed = 0;
  std::vector<asio::awaitable<void>> all;
  for (int i = 0; i < count; ++i) all.push_back(blame_once(egress, blamed));
  auto together_all = when_all(std::move(all));
  co_await std::move(together_all);
  co_return blamed;
}

TEST_F(EgressTest, FailuresOfOneMomentAskOnce) {
  test::TcpServer server(test::swallow);
  assign({tcp(server.port())});
  EXPECT_EQ(run(blame_together(egress, 50)), 0);
  EXPECT_EQ(told, (std::vector{EgressState::unknown, EgressState::up}));
}

TEST_F(EgressTest, EachOfThemIsBlamedOnUsWhenNobodyAnswers) {
  assign({tcp(test::refused_port())});
  EXPECT_EQ(run(blame_together(egress, 50)), 50);
  EXPECT_EQ(told, (std::vector{EgressState::unknown, EgressState::down}));
}

TEST_F(EgressTest, WatchesAndTellsWhenTheWayIsGoneAndBack) {
  const std::uint16_t port = test::refused_port();
  assign({tcp(port)}, seconds(10), milliseconds(10));
  egress.watch();
  work_until_told(EgressState::down);
  test::TcpServer server(test::swallow, "127.0.0.1", port);
  work_until_told(EgressState::up);
}

TEST_F(EgressTest, WithoutReferencesNobodyIsAskedOrTold) {
  egress.assign(nullptr, network);
  egress.watch();
  EXPECT_FALSE(egress.on());
  EXPECT_EQ(blame(), "");
  EXPECT_TRUE(told.empty());
}

TEST_F(EgressTest, OtherReferencesAreAskedAnew) {
  test::TcpServer server(test::swallow);
  assign({tcp(test::refused_port())});
  EXPECT_NE(blame(), "");
  assign({tcp(server.port())});
  EXPECT_EQ(told.back(), EgressState::unknown);
  EXPECT_EQ(blame(), "");
}

TEST_F(EgressTest, WhoIsCutWhileWaitingBlamesNobody) {
  const test::BlackHole hole;
  assign({tcp(hole.port())}, std::chrono::hours(1));
  const Instant now = Clock::now();
  EXPECT_EQ(run(egress.blame(now, now), milliseconds(30)), "");
}

}  // namespace
}  // namespace sonde::schedule::egress_test
