#pragma once

namespace sonde::system {

// What the process keeps of the memory that it has freed: all that is set of malloc, in one place.

// Before the first thread.
void keep_little_free_memory();
// After work that needed far more than what stays of it: a start, a reload.
void give_back_free_memory();

}  // namespace sonde::system
