#pragma once
#include <cstdint>
#include <expected>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "probes/core/reason.hpp"
#include "probes/net/network.hpp"
#include "probes/net/settings.hpp"

namespace sonde::net {

// Whether somebody out there answers us. Both end when they are cut, and say what went wrong.

// The servers answer for `label` below `name`, which no cache near us knows: with addresses, or
// that it has none (NXDOMAIN, NODATA) as its zone says. A server near us that reaches nobody says
// SERVFAIL, or makes up that there is no such name; where all is made up, `name` itself has to
// exist.
boost::asio::awaitable<std::expected<void, Failure>> reach_dns(Network& network,
                                                               const std::string& label,
                                                               const std::string& name,
                                                               const Dns& dns);

// A TCP connection comes about, and is closed. A refusal is no answer: a firewall of our own
// refuses in the same way. With a line, which outlives it, as that says, but for its proxy.
boost::asio::awaitable<std::expected<void, Failure>> reach_tcp(Network& network,
                                                               const std::string& host,
                                                               std::uint16_t port);
boost::asio::awaitable<std::expected<void, Failure>> reach_tcp(Network& network,
                                                               const std::string& host,
                                                               std::uint16_t port,
                                                               const ConnectionOptions& line);

}  // namespace sonde::net
