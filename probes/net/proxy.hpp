#pragma once
#include <expected>

#include <boost/asio/awaitable.hpp>

#include "probes/core/trace.hpp"
#include "probes/net/settings.hpp"
#include "probes/net/tcp/tcp.hpp"

namespace sonde::net {

// Requests a tunnel to the host of `url` from the HTTP proxy on `socket` (CONNECT, RFC 9110 section
// 9.3.6), and returns the socket ready for the tunnel's first byte. Failures: proxy_failed, cut.
boost::asio::awaitable<std::expected<Socket, Failure>> open_tunnel(Socket socket, const Url& url,
                                                                   const ConnectionOptions& line,
                                                                   Trace& trace);

// Turns a connection failure into one of the proxy instead of the target. Faults of our own, and
// cut, are returned unchanged.
Failure proxy_failure(Failure failure, const ConnectionOptions& line);

}  // namespace sonde::net
