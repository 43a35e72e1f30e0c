#pragma once
#include <map>
#include <string>
#include <utility>

#include <boost/asio/any_io_executor.hpp>

#include "probes/auth/token_cache.hpp"
#include "probes/dialect/own_runs.hpp"
#include "probes/net/network.hpp"
#include "probes/session/breaker.hpp"
#include "probes/session/refusal_rounds.hpp"

namespace sonde::session {

// State that the probes of one worker share: its network, what its logins cache (tokens, keys,
// counts), the breaker state of targets, and which conversations are ours. Owned by the worker and
// used only on its thread, so it needs no lock. Has to outlive every attempt.
struct Shared {
  explicit Shared(boost::asio::any_io_executor executor) : network(std::move(executor)) {}
  net::Network network;
  auth::TokenCache token_cache;
  std::map<std::string, Breaker> breakers;              // by target
  std::map<std::string, RefusalRounds> refusal_rounds;  // by target
  // What the sessions of a user at a target may receive of one another, by target and user.
  std::map<std::pair<std::string, std::string>, dialect::OwnRuns> own_runs;
};

}  // namespace sonde::session
