#pragma once
#include <boost/asio/awaitable.hpp>

#include "probes/net/http/http_reader.hpp"
#include "probes/net/transport.hpp"

namespace sonde::net {

// Reads from the transport until the reader is done or has failed.
boost::asio::awaitable<void> receive(Transport& transport, ResponseReader& reader);

// Reads once. Separate so that callers can measure the time to the first byte.
boost::asio::awaitable<void> receive_some(Transport& transport, ResponseReader& reader);

}  // namespace sonde::net
