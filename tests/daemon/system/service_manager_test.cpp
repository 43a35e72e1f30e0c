#include "daemon/system/service_manager.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace sonde::service_manager::service_manager_test {
namespace {

using std::chrono::microseconds;

struct ServiceManagerTest : testing::Test {
  ~ServiceManagerTest() override {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
    ::close(socket);
  }

  // Listens at this address, as sockaddr_un has it.
  void listen(const std::string& at, std::size_t size) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    at.copy(address.sun_path, at.size());
    ASSERT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address),
                     static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size)),
              0);
  }
  std::string heard() const {
    char text[256];
    const ssize_t size = ::recv(socket, text, sizeof text, 0);
    return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : "";
  }

  int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
};

TEST_F(ServiceManagerTest, IsToldAtAPath) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("sonde-manager-" + std::to_string(::getpid()) + ".sock");
  std::filesystem::remove(path);
  listen(path, path.string().size() + 1);
  ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  notify("READY=1\nSTATUS=4 probes");
  EXPECT_EQ(heard(), "READY=1\nSTATUS=4 probes");
  std::filesystem::remove(path);
}

TEST_F(ServiceManagerTest, IsToldAtAnAbstractName) {
  const std::string name = "sonde-manager-" + std::to_string(::getpid());
  listen('\0' + name, name.size() + 1);
  ::setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
  notify("STOPPING=1");
  EXPECT_EQ(heard(), "STOPPING=1");
}

TEST_F(ServiceManagerTest, NobodyIsToldWhereNobodyListens) {
  notify("READY=1");
  ::setenv("NOTIFY_SOCKET", "/nowhere/at/all", 1);
  notify("READY=1");
  ::setenv("NOTIFY_SOCKET", std::string(200, 'x').c_str(), 1);
  notify("READY=1");
  EXPECT_EQ(heard(), "");
}

TEST_F(ServiceManagerTest, WatchesThisProcessAlone) {
  EXPECT_EQ(watchdog(), microseconds(0));
  ::setenv("WATCHDOG_USEC", "40000", 1);
  EXPECT_EQ(watchdog(), microseconds(40000));
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  EXPECT_EQ(watchdog(), microseconds(40000));
  ::setenv("WATCHDOG_PID", std::to_string(::getppid()).c_str(), 1);
  EXPECT_EQ(watchdog(), microseconds(0));
}

TEST_F(ServiceManagerTest, WatchesNothingAtATimeThatIsNone) {
  for (const char* text : {"", "soon", "-1", "0", "40000s"}) {
    ::setenv("WATCHDOG_USEC", text, 1);
    EXPECT_EQ(watchdog(), microseconds(0)) << text;
  }
}

}  // namespace
}  // namespace sonde::service_manager::service_manager_test
