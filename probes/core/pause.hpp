#pragma once
#include <boost/asio/awaitable.hpp>

#include "probes/core/clock.hpp"

namespace sonde {

// Waits for so long. False: the run was cut meanwhile, or had been before, and then it waits not at
// all: a cut that came between two waits has nobody else to tell.
boost::asio::awaitable<bool> pause(Span span);

}  // namespace sonde
