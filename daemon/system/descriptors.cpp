#include "daemon/system/descriptors.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace sonde::system {

// The soft limit is kept low for programs that call select(2), which takes no number above 1,023.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);  // refused: as many as before are enough for most
}

std::size_t descriptor_limit() {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 0;
}

// open() takes the lowest number that is free.
void keep_standard_descriptors() {
  for (int number = ::open("/dev/null", O_RDWR); number >= 0;
       number = ::open("/dev/null", O_RDWR)) {
    if (number <= STDERR_FILENO) continue;
    ::close(number);
    return;
  }
}

}  // namespace sonde::system
