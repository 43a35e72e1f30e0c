#pragma once
#include <expected>
#include <memory>

#include <boost/asio/awaitable.hpp>

#include "probes/core/trace.hpp"
#include "probes/net/network.hpp"
#include "probes/net/transport.hpp"
#include "probes/net/url.hpp"

namespace sonde::net {

// Name -> address -> TCP -> (proxy) -> TLS, for the host of `url`, entering the phases resolve,
// connect, proxy and tls, and noting peer and TLS facts (the certificate's expiry also when its
// verification fails). Through a proxy, `http:` URLs connect to the proxy alone (the request then
// goes out in absolute form, RFC 9112 3.2.2), all others are tunnelled by CONNECT.
// A pinned address is that of what is connected to, host or proxy; SNI and Host stay the URL's.
// TLS: verified, SNI, at least 1.2, ALPN http/1.1 alone.
boost::asio::awaitable<std::expected<std::unique_ptr<Transport>, Failure>> dial(
    Network& network, const Url& url, const ConnectionOptions& line, Trace& trace);

}  // namespace sonde::net
