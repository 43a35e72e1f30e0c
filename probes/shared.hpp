#pragma once
#include <utility>

#include <boost/asio/any_io_executor.hpp>

#include "probes/auth/keeper.hpp"
#include "probes/net/network.hpp"

namespace sonde {

// What the probes of one worker share: its network, and what its logins remember (tokens, keys,
// counts). The worker owns it; used on its thread only, it needs no lock. Outlives every attempt.
struct Shared {
  explicit Shared(boost::asio::any_io_executor executor) : network(std::move(executor)) {}
  net::Network network;
  auth::Keeper keeper;
};

}  // namespace sonde
