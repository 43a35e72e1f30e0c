#pragma once
#include <expected>
#include <memory>
#include <string>

#include "config/secret.hpp"
#include "probes/auth/async_mutex.hpp"
#include "probes/auth/state_file.hpp"
#include "probes/core/reason.hpp"

namespace sonde::auth {

// Refresh tokens of an account, each of which came for the one before. Whoever redeems one is alone
// behind the gate until what came for it is kept.
struct Chain {
  AsyncMutex gate;
  std::string refresh;              // good now, as far as anybody knows; empty: there is none
  std::string refused_first;        // the configured one, if it was refused
  std::shared_ptr<StateFile> file;  // null: not opened yet, or none
  bool unanswered = false;          // one was sent, and its run was cut before the answer came
  int given_up_on = 0;              // how often such an answer did not come in time
  bool given_up = false;            // the file is left to others as soon as nobody is at it

  // Takes the token of an earlier process out of the file, and else `first`, if there is none yet.
  // An empty `path`: there is no file. Fails with own_secret.
  std::expected<void, Failure> load(const std::string& path, const config::Secret& first);
  // What is good from now on, on disk before this returns. Fails with own_secret.
  std::expected<void, Failure> keep(const std::string& token);
  // Leaves the file to others, if that is wanted; what it holds is read again.
  void rest();
};

}  // namespace sonde::auth
