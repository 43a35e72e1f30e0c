#pragma once
#include <vector>

#include <boost/asio/awaitable.hpp>

namespace sonde {

// Runs `tasks` at once on this loop and comes back when all have ended. `attendants` run beside
// them and are cut when the last task has ended; they are waited for, too. Cutting the coroutine
// that awaits this cuts all of them. What they need must outlive it; what one throws is thrown
// here, when all have ended.
boost::asio::awaitable<void> together(std::vector<boost::asio::awaitable<void>> tasks,
                                      std::vector<boost::asio::awaitable<void>> attendants = {});

}  // namespace sonde
