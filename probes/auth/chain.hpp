#pragma once
#include <expected>
#include <memory>
#include <string>

#include "config/secret.hpp"
#include "probes/auth/async_mutex.hpp"
#include "probes/auth/state_file.hpp"
#include "probes/core/reason.hpp"

namespace sonde::auth {

// The refresh tokens of an account, each issued in exchange for the previous one. A run that
// redeems one holds the gate until the new one is stored.
struct Chain {
  AsyncMutex gate;
  std::string refresh;              // the valid one, as far as known; empty: none
  std::string refused_first;        // the configured one, if it was refused
  std::shared_ptr<StateFile> file;  // null: not opened yet, or none
  bool unanswered = false;  // one was sent, and its run was cancelled before the answer came
  int given_up_on = 0;      // how often such an answer did not come in time
  bool given_up = false;    // the file is to be released as soon as it is not in use

  // If there is no token yet, takes the one that an earlier process stored in the file, or else
  // `first`. An empty `path` means that there is no file. Fails with own_secret.
  std::expected<void, Failure> load(const std::string& path, const config::Secret& first);
  // Sets the valid token; it is on disk before this returns. Fails with own_secret.
  std::expected<void, Failure> keep(const std::string& token);
  // Releases the file if that is requested; its content is read again later.
  void rest();
};

}  // namespace sonde::auth
