#pragma once
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "daemon/change.hpp"
#include "probes/auth/keeper.hpp"

namespace sonde {

// How often accounts were refused in a row, between the workers, which count, and the store, which
// keeps it: a restart shall not give an account that we nearly locked a fresh start. Pure.
class Lockouts {
 public:
  // What a worker says of all its accounts now.
  void put(std::size_t worker, std::vector<auth::RefusalCount> counts);
  // What changed since the last call.
  std::vector<Note> take_notes();
  // What was there at start.
  static std::vector<auth::RefusalCount> restore(std::span<const Note> notes);

 private:
  std::map<std::size_t, std::map<std::string, std::string>> kept_;  // by worker and account
  std::vector<Note> notes_;
};

}  // namespace sonde
