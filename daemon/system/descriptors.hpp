#pragma once
#include <cstddef>

namespace sonde::system {

// Lets the process open as many files and sockets as the system allows it: a shell gives 1,024,
// and every run under way needs one. Before the first thread.
void raise_descriptor_limit();

// How many the process may open now.
std::size_t descriptor_limit();

// Opens /dev/null for those of standard input, output and error that the caller left closed; else
// the next file or socket would take their number, and what is printed would go there. First of
// all.
void keep_standard_descriptors();

}  // namespace sonde::system
