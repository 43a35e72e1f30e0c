#pragma once

namespace sonde::system {

// Configures malloc to return freed memory to the system early; the only place with malloc
// settings. Call it before the first thread starts.
void keep_little_free_memory();
// Returns free memory after work that needed much more than is kept: a start, a reload.
void give_back_free_memory();

}  // namespace sonde::system
