#pragma once
#include <boost/asio/awaitable.hpp>

#include "probes/net/http/http_reader.hpp"
#include "probes/net/transport.hpp"

namespace sonde::net {

// Reads from the transport until the reader is over: done, or with a failure that says why not.
boost::asio::awaitable<void> receive(Transport& transport, ResponseReader& reader);

// Reads once. Separate, for whoever measures when the first byte came.
boost::asio::awaitable<void> receive_some(Transport& transport, ResponseReader& reader);

}  // namespace sonde::net
