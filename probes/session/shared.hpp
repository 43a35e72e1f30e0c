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

// What the probes of one worker share: its network, and what its logins remember (tokens, keys,
// counts), what the targets' breakers may make of our refusal checks, and which conversations are
// ours. The worker owns it; used on its thread only, it needs no lock. Outlives every attempt.
struct Shared {
  explicit Shared(boost::asio::any_io_executor executor) : network(std::move(executor)) {}
  net::Network network;
  auth::TokenCache keeper;
  std::map<std::string, Breaker> breakers;              // by target
  std::map<std::string, RefusalRounds> refusal_rounds;  // likewise
  // Of each user at each target: what his sessions may receive of one another.
  std::map<std::pair<std::string, std::string>, dialect::OwnRuns> own_runs;
};

}  // namespace sonde::session
