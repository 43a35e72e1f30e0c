#include "daemon/descriptors.hpp"

#include <sys/resource.h>

namespace sonde {

// The soft limit is kept low for programs that call select(2), which takes no number above 1,023.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);  // refused: as many as before are enough for most
}

}  // namespace sonde
