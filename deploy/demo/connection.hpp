#pragma once
#include <boost/asio/awaitable.hpp>

#include "deploy/demo/stream.hpp"

namespace sonde::demo {

struct Backend;

// Serves one connection until it ends: HTTP requests one after the other, then perhaps a
// WebSocket session. A request has to come whole within 60 s.
boost::asio::awaitable<void> serve_connection(Backend& backend, Stream stream);

}  // namespace sonde::demo
