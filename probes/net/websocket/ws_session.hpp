#pragma once
#include <memory>
#include <string>

#include "probes/net/transport.hpp"
#include "probes/net/websocket/websocket.hpp"

namespace sonde::net {

// A session over a connection that was upgraded; `rest` came after the 101. It reads at once.
Websocket open_session(std::unique_ptr<Transport> line, std::string rest, const Limits& limits,
                       std::string subprotocol);

}  // namespace sonde::net
