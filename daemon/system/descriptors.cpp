#include "daemon/system/descriptors.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace sonde::system {

// The soft limit is low for programs that use select(2), which supports no number above 1,023.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);  // if refused, the current limit is usually sufficient
}

std::size_t descriptor_limit() {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 0;
}

// open() uses the lowest free number.
void keep_standard_descriptors() {
  for (int number = ::open("/dev/null", O_RDWR); number >= 0;
       number = ::open("/dev/null", O_RDWR)) {
    if (number <= STDERR_FILENO) continue;
    ::close(number);
    return;
  }
}

}  // namespace sonde::system
