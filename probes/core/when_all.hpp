#pragma once
#include <vector>

#include <boost/asio/awaitable.hpp>

namespace sonde {

// Runs `tasks` concurrently on this loop and returns when all have ended. `attendants` run beside
// them, and are cancelled and awaited once the last task has ended. Cancelling the coroutine that
// awaits this cancels all of them. Their dependencies have to outlive this call; an exception of
// one is rethrown here when all have ended.
boost::asio::awaitable<void> when_all(std::vector<boost::asio::awaitable<void>> tasks,
                                      std::vector<boost::asio::awaitable<void>> attendants = {});

}  // namespace sonde
