#pragma once
#include <string>

#include "probes/core/clock.hpp"

namespace sonde::system {

// Sets the name of the calling thread in ps and gdb; at most 15 bytes.
void name_thread(const std::string& name);

// CPU time of the calling thread since its start.
Span thread_cpu_time();

// Gives the calling thread low priority, so that its work (rendering, writing) does not delay the
// threads that probe and evaluate, and so does not change measured latencies, even with few cores.
// Has no effect if the system does not allow it.
void step_back();

}  // namespace sonde::system
