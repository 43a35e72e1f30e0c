#include "daemon/system/heap.hpp"

#include <malloc.h>

namespace sonde::system {

// Left alone, glibc raises the size of a block that is given back to the system at once to that of
// the largest that was freed: after a page of metrics some 16 MB would stay.
void keep_little_free_memory() {
  constexpr int bytes = 128 * 1024;
  mallopt(M_MMAP_THRESHOLD, bytes);
  mallopt(M_TRIM_THRESHOLD, bytes);
}

// By itself glibc gives back the end of a heap alone. What a store remembered lies between what
// stays: some 10 MB for a month of a hundred probes.
void give_back_free_memory() { malloc_trim(0); }

}  // namespace sonde::system
