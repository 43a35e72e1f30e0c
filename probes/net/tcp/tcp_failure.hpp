#pragma once
#include <cstdint>
#include <string>

#include <boost/system/error_code.hpp>

#include "probes/core/reason.hpp"
#include "probes/net/dns/lookup.hpp"

namespace sonde::net {

// The meaning of a socket error; `where` is "address:port".
Failure socket_failure(const boost::system::error_code& error, const std::string& where);

// The meaning of an error while connecting. tcp_unreachable becomes own_network if this machine has
// no route to the address, because then nothing was sent.
Failure connect_failure(const boost::system::error_code& error, const Address& address,
                        std::uint16_t port);

// "192.0.2.1:443", "[2001:db8::1]:443".
std::string show(const Address& address, std::uint16_t port);

}  // namespace sonde::net
