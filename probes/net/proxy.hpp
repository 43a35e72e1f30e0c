#pragma once
#include <expected>

#include <boost/asio/awaitable.hpp>

#include "probes/core/trace.hpp"
#include "probes/net/settings.hpp"
#include "probes/net/tcp/tcp.hpp"

namespace sonde::net {

// Asks the HTTP proxy on `socket` for a tunnel to the host of `url` (CONNECT, RFC 9110 9.3.6) and
// gives the socket back, ready for its first byte. Failures: proxy_failed, cut.
boost::asio::awaitable<std::expected<Socket, Failure>> open_tunnel(Socket socket, const Url& url,
                                                                   const ConnectionOptions& line,
                                                                   Trace& trace);

// The proxy, not the target, could not be reached. What is our own fault, or a cut, stays so.
Failure proxy_failure(Failure failure, const ConnectionOptions& line);

}  // namespace sonde::net
