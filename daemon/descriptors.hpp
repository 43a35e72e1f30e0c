#pragma once

namespace sonde {

// Lets the process open as many files and sockets as the system allows it: a shell gives 1,024,
// and every run under way needs one. Before the first thread.
void raise_descriptor_limit();

}  // namespace sonde
