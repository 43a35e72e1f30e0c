#pragma once
#include <cstdint>
#include <expected>
#include <span>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "probes/net/dns/lookup.hpp"
#include "probes/net/tcp/tcp.hpp"

namespace sonde::net {

// Connects to the first of `addresses` that answers. Attempts start in sequence, each when the
// previous one failed or after 250 ms (RFC 8305 section 5), alternating families; the others are
// closed. If all fail, the reason is that of the first attempt that left our own network, and the
// detail lists all of them. Failures: tcp_refused, tcp_timeout, tcp_reset, tcp_unreachable,
// own_descriptors, own_network, cut.
boost::asio::awaitable<std::expected<Socket, Failure>> connect(
    const boost::asio::any_io_executor& executor, std::span<const Address> addresses,
    std::uint16_t port);

}  // namespace sonde::net
