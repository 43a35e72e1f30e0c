#include "daemon/system/lifecycle.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <boost/asio/io_context.hpp>

namespace sonde::system::lifecycle_test {
namespace asio = boost::asio;
namespace {
using testing::MatchesRegex;

// What systemd would hear: a datagram socket in a folder of its own.
class Systemd {
 public:
  Systemd() {
    path_ = std::filesystem::temp_directory_path() /
            ("sonde-notify-" + std::to_string(::getpid()) + ".sock");
    std::filesystem::remove(path_);
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.string().copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ::setenv("NOTIFY_SOCKET", path_.c_str(), 1);
  }
  ~Systemd() {
    ::close(socket_);
    std::filesystem::remove(path_);
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("WATCHDOG_USEC");
  }
  // The next message; empty: there is none.
  std::string heard() {
    char text[4096];
    const ssize_t size = ::recv(socket_, text, sizeof text, 0);
    return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : "";
  }

 private:
  std::filesystem::path path_;
  int socket_ = -1;
};

struct LifecycleTest : testing::Test {
  Systemd systemd;
  asio::io_context loop{1};
  int stops = 0, reloads = 0, asked = 0;
  bool goes_on = true;

  Lifecycle::Hooks hooks() {
    return {.stop = [this] { ++stops; },
            .reload = [this] { ++reloads; },
            .progressed = [this] { return ++asked, goes_on; }};
  }
};

TEST_F(LifecycleTest, SaysReadyWithAStatusOfOneLine) {
  Lifecycle lifecycle(loop.get_executor(), hooks());
  lifecycle.ready("4 probes\nREADY=0");
  EXPECT_EQ(systemd.heard(), "READY=1\nSTATUS=4 probes READY=0");
}

TEST_F(LifecycleTest, SaysReloadingWithTheTimeInOneMessage) {
  Lifecycle lifecycle(loop.get_executor(), hooks());
  lifecycle.reloading();
  EXPECT_THAT(systemd.heard(), MatchesRegex("RELOADING=1\nMONOTONIC_USEC=[0-9]+"));
}

TEST_F(LifecycleTest, SaysStopping) {
  Lifecycle lifecycle(loop.get_executor(), hooks());
  lifecycle.stopping("draining");
  EXPECT_EQ(systemd.heard(), "STOPPING=1\nSTATUS=draining");
}

TEST_F(LifecycleTest, SignalsStopAndReload) {
  Lifecycle lifecycle(loop.get_executor(), hooks());
  for (int signal : {SIGHUP, SIGTERM, SIGINT}) std::raise(signal);
  for (int i = 0; i < 100 && reloads + stops < 3; ++i)
    loop.run_one_for(std::chrono::milliseconds(100));
  EXPECT_EQ(reloads, 1);
  EXPECT_EQ(stops, 2);
}

TEST_F(LifecycleTest, ASignalDuringTheStartWaitsUntilItIsHandled) {
  Lifecycle::hold_reloads();
  Lifecycle::hold_stops();
  for (int signal : {SIGHUP, SIGTERM, SIGINT}) std::raise(signal);
  Lifecycle lifecycle(loop.get_executor(), hooks());
  for (int i = 0; i < 100 && reloads + stops < 3; ++i)
    loop.run_one_for(std::chrono::milliseconds(100));
  EXPECT_EQ(reloads, 1);
  EXPECT_EQ(stops, 2);
}

TEST_F(LifecycleTest, ABrokenPipeKillsNobody) {
  Lifecycle lifecycle(loop.get_executor(), hooks());
  EXPECT_EQ(std::raise(SIGPIPE), 0);
}

TEST_F(LifecycleTest, FeedsTheWatchdogWhileTheScheduleGoesOn) {
  ::setenv("WATCHDOG_USEC", "40000", 1);
  Lifecycle lifecycle(loop.get_executor(), hooks());
  while (asked < 2) loop.run_one_for(std::chrono::seconds(5));
  EXPECT_EQ(systemd.heard(), "WATCHDOG=1");
  EXPECT_EQ(systemd.heard(), "WATCHDOG=1");
}

TEST_F(LifecycleTest, AScheduleThatHangsStarvesTheWatchdog) {
  ::setenv("WATCHDOG_USEC", "40000", 1);
  goes_on = false;
  Lifecycle lifecycle(loop.get_executor(), hooks());
  while (asked < 3) loop.run_one_for(std::chrono::seconds(5));
  EXPECT_EQ(systemd.heard(), "");
}

TEST_F(LifecycleTest, WithoutAWatchdogNobodyIsAsked) {
  Lifecycle lifecycle(loop.get_executor(), hooks());
  loop.run_for(std::chrono::milliseconds(50));
  EXPECT_EQ(asked, 0);
}

TEST_F(LifecycleTest, ClosedItLetsTheLoopRunOut) {
  ::setenv("WATCHDOG_USEC", "40000", 1);
  Lifecycle lifecycle(loop.get_executor(), hooks());
  lifecycle.close();
  loop.run();
  EXPECT_EQ(asked, 0);
}

}  // namespace
}  // namespace sonde::system::lifecycle_test
