#include "daemon/system/thread.hpp"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <thread>

namespace sonde::system::thread_test {
namespace {

int niceness() { return getpriority(PRIO_PROCESS, 0); }  // 0: the calling thread

TEST(Thread, StepsBackAloneAndBearsItsName) {
  const int before = niceness();
  int after = before;
  std::array<char, 16> name{};
  std::thread([&] {
    name_thread("renderer");
    step_back();
    after = niceness();
    pthread_getname_np(pthread_self(), name.data(), name.size());
  }).join();
  EXPECT_EQ(after, std::min(before + 10, 19));  // the kernel's last
  EXPECT_EQ(niceness(), before);
  EXPECT_STREQ(name.data(), "renderer");
}

}  // namespace
}  // namespace sonde::system::thread_test
