#pragma once
#include <string>

#include "probes/core/clock.hpp"

namespace sonde::system {

// The calling thread is called so in ps and gdb; at most 15 bytes.
void name_thread(const std::string& name);

// How long the calling thread has computed since it began.
Span thread_cpu_time();

// From now on the calling thread leaves the processor to those that probe and decide, wherever
// they want it: what it renders or writes shifts no measured latency, also on few cores. A thread
// that may not be made so goes on as it is.
void step_back();

}  // namespace sonde::system
