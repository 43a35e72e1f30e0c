#pragma once
#include <cstdint>
#include <expected>
#include <span>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "probes/net/dns/lookup.hpp"
#include "probes/net/tcp/tcp.hpp"

namespace sonde::net {

// Connects to the first of `addresses` that answers. They start one after another, the next when
// the one before failed or after 250 ms (RFC 8305 5), families in turn; the losers are closed.
// When all fail the reason is that of the first that our own network let out, and the detail lists
// them.
// Failures: tcp_refused, tcp_timeout, tcp_reset, tcp_unreachable, own_descriptors, own_network,
// cut.
boost::asio::awaitable<std::expected<Socket, Failure>> connect(
    const boost::asio::any_io_executor& executor, std::span<const Address> addresses,
    std::uint16_t port);

}  // namespace sonde::net
