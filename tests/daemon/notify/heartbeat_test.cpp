#include "daemon/notify/heartbeat.hpp"

#include "daemon/log/log.hpp"
#include "tests/daemon/notify/notifier_fixture.hpp"

namespace sonde::notify::heartbeat_test {
namespace {

using test::Answers;

class HeartbeatTest : public testing::Test {
 protected:
  ~HeartbeatTest() override { stop(); }
  void stop() {
    bool done = false;
    heartbeat.stop([&] { done = true; });
    run_until([&] { return done; });
  }
  void beat(const std::string& url, const std::string& more = "") {
    config::Mistakes mistakes;
    const auto root = config::parse("url: \"" + url + "\"\n" + more, "test.yaml", mistakes);
    HeartbeatSettings settings;
    config::section<HeartbeatSettings>().read(*root, config::Reader(mistakes), settings);
    ASSERT_FALSE(mistakes.any());
    if (often) settings.every = std::chrono::milliseconds(20);
    heartbeat.assign(settings);
  }
  template <class F>
  void run_until(F so) {
    test::turn_until(io, so);
  }

  boost::asio::io_context io{1};
  net::Network network{io.get_executor()};
  bool well = true, often = true;
  int asked = 0;
  Heartbeat heartbeat{network,
                      {.unhealthy =
                           [this] {
                             ++asked;
                             return std::string(well ? "" : "the store loses rows");
                           },
                       .now = [] { return test::at(7); }}};
};

TEST_F(HeartbeatTest, BeatsAtOnceAndGoesOn) {
  const test::Server server(Answers({200}));
  EXPECT_FALSE(heartbeat.last());
  beat(server.url("/beat"));
  run_until([&] { return server.requests().size() >= 3; });
  EXPECT_EQ(server.requests()[0].method(), "GET");
  EXPECT_EQ(server.requests()[0].target(), "/beat");
  EXPECT_EQ(heartbeat.last(), test::at(7));
}

TEST_F(HeartbeatTest, StaysAwayWhileTheDaemonIsNotWell) {
  const test::Server server(Answers({200}));
  well = false;
  beat(server.url());
  run_until([&] { return asked >= 5; });
  EXPECT_EQ(server.connections(), 0);
  well = true;
  run_until([&] { return heartbeat.last().has_value(); });
}

TEST_F(HeartbeatTest, FailureIsLoggedOnceAChangeAndIsNoSuccess) {
  const test::Server server(Answers({500}));
  const auto before = log::written();
  beat(server.url(), "method: POST");
  run_until([&] { return server.requests().size() >= 4; });
  EXPECT_FALSE(heartbeat.last());
  EXPECT_EQ(server.requests()[0].method(), "POST");
  EXPECT_EQ(log::written()[2], before[2] + 1);
}

TEST_F(HeartbeatTest, SlowOneIsNotDoubled) {
  const test::Server server(test::Script{test::hang()});
  beat(server.url());
  run_until([&] { return !server.requests().empty(); });
  io.restart();
  io.run_for(std::chrono::milliseconds(100));
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HeartbeatTest, ReloadCanEndIt) {
  const test::Server server(Answers({200}));
  beat(server.url());
  run_until([&] { return heartbeat.last().has_value(); });
  heartbeat.assign(std::nullopt);
  io.restart();
  io.run_for(std::chrono::milliseconds(50));
  const int count = server.connections();
  io.restart();
  io.run_for(std::chrono::milliseconds(100));
  EXPECT_EQ(server.connections(), count);
}

}  // namespace
}  // namespace sonde::notify::heartbeat_test
