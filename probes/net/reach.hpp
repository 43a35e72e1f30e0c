#pragma once
#include <cstdint>
#include <expected>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "probes/core/reason.hpp"
#include "probes/net/network.hpp"
#include "probes/net/settings.hpp"

namespace sonde::net {

// Whether an external server answers us. Both functions end when they are cancelled, and return
// what went wrong.

// The servers answer for `label` below `name`, which is not in any nearby cache: with addresses, or
// that it has none (NXDOMAIN, NODATA), as its zone says. A nearby server without a connection to
// others says SERVFAIL, or invents that the name does not exist; if all answers are invented,
// `name` itself has to exist.
boost::asio::awaitable<std::expected<void, Failure>> reach_dns(Network& network,
                                                               const std::string& label,
                                                               const std::string& name,
                                                               const Dns& dns);

// A TCP connection can be made; it is then closed. A refused connection is not an answer, because a
// firewall of our own refuses in the same way. With `line`, which has to outlive the call, connects
// as it says, except that its proxy is not used.
boost::asio::awaitable<std::expected<void, Failure>> reach_tcp(Network& network,
                                                               const std::string& host,
                                                               std::uint16_t port);
boost::asio::awaitable<std::expected<void, Failure>> reach_tcp(Network& network,
                                                               const std::string& host,
                                                               std::uint16_t port,
                                                               const ConnectionOptions& line);

}  // namespace sonde::net
