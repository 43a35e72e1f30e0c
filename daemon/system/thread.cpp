#include "daemon/system/thread.hpp"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <ctime>

namespace sonde::system {

void name_thread(const std::string& name) { pthread_setname_np(pthread_self(), name.c_str()); }

Span thread_cpu_time() {
  timespec spent{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return std::chrono::seconds(spent.tv_sec) + std::chrono::nanoseconds(spent.tv_nsec);
}

// Linux keeps this value for each thread (setpriority(2), "C library/kernel differences").
void step_back() {
  constexpr int step = 10;
  const auto self = static_cast<id_t>(gettid());
  setpriority(PRIO_PROCESS, self, getpriority(PRIO_PROCESS, self) + step);
}

}  // namespace sonde::system
