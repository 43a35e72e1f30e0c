#pragma once
#include "probes/net/tcp/tcp_connect.hpp"

namespace sonde::net {

// The connection attempts of RFC 8305 section 5, for two or more addresses; see connect().
boost::asio::awaitable<std::expected<Socket, Failure>> race(
    const boost::asio::any_io_executor& executor, std::span<const Address> addresses,
    std::uint16_t port);

// Opens a non-blocking socket for `to`, with TCP_NODELAY, not connecting yet.
boost::system::error_code open(Socket& socket, const boost::asio::ip::tcp::endpoint& to);
boost::asio::ip::tcp::endpoint endpoint_of(const Address& address, std::uint16_t port);

}  // namespace sonde::net
