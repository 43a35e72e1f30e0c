#include "daemon/system/heap.hpp"

#include <malloc.h>

namespace sonde::system {

// By default glibc raises the threshold for returning a block to the system at once to the size of
// the largest block freed: after a page of metrics some 16 MB would stay.
void keep_little_free_memory() {
  constexpr int bytes = 128 * 1024;
  mallopt(M_MMAP_THRESHOLD, bytes);
  mallopt(M_TRIM_THRESHOLD, bytes);
}

// By itself glibc returns only the end of a heap. State loaded by the store lies between blocks
// that stay: some 10 MB for a month of a hundred probes.
void give_back_free_memory() { malloc_trim(0); }

}  // namespace sonde::system
