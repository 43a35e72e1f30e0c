#pragma once
#include <expected>
#include <memory>

#include <boost/asio/awaitable.hpp>

#include "probes/core/trace.hpp"
#include "probes/net/network.hpp"
#include "probes/net/transport.hpp"
#include "probes/net/url.hpp"

namespace sonde::net {

// Connects to the host of `url`: name -> address -> TCP -> (proxy) -> TLS. Enters the phases
// resolve, connect, proxy and tls, and records peer and TLS facts (the certificate's expiry even if
// its verification fails). With a proxy, for `http:` URLs only the proxy is connected to (the
// request then uses the absolute form, RFC 9112 section 3.2.2); all others are tunnelled with
// CONNECT. A pinned address replaces that of the connected host or proxy; SNI and Host remain those
// of the URL. TLS: verified, with SNI, at least 1.2, only ALPN http/1.1.
boost::asio::awaitable<std::expected<std::unique_ptr<Transport>, Failure>> dial(
    Network& network, const Url& url, const ConnectionOptions& line, Trace& trace);

}  // namespace sonde::net
