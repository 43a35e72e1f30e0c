#pragma once
#include <cstddef>

namespace sonde::system {

// Raises the limit on open files and sockets as far as the system allows: a shell sets 1,024, and
// every run under way needs one. Call it before the first thread starts.
void raise_descriptor_limit();

// The current limit on open files and sockets.
std::size_t descriptor_limit();

// Opens /dev/null for those of standard input, output and error that are closed; otherwise the next
// file or socket would get their number, and output would be written to it. Call it first of all.
void keep_standard_descriptors();

}  // namespace sonde::system
