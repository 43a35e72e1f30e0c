#pragma once
#include <memory>
#include <string>

#include "probes/net/transport.hpp"
#include "probes/net/websocket/websocket.hpp"

namespace sonde::net {

// Opens a session over an upgraded connection; `rest` came after the 101. Starts to read at once.
Websocket open_session(std::unique_ptr<Transport> line, std::string rest, const Limits& limits,
                       std::string subprotocol);

}  // namespace sonde::net
