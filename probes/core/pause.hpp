#pragma once
#include <boost/asio/awaitable.hpp>

#include "probes/core/clock.hpp"

namespace sonde {

// Waits for `span`. Returns false if the run was cancelled meanwhile, or had been before; then it
// does not wait. Without this check a cancellation between two waits would be lost.
boost::asio::awaitable<bool> pause(Span span);

}  // namespace sonde
