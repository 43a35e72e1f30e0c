#pragma once

namespace sonde::system {

// What the process keeps of the memory that it has freed: all that is set of malloc, in one place.

// Before the first thread.
void keep_little_free_memory();
// Returns free memory after work that needed much more than is kept: a start, a reload.
void give_back_free_memory();

}  // namespace sonde::system
