#pragma once
#include <chrono>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "probes/core/trace.hpp"
#include "probes/net/network.hpp"

namespace sonde::net {

// What time the server at "host:port" takes it to be: the Date of its answer to HEAD /, over TLS
// whose certificate is not looked at, and with nothing of ours. Empty: it does not say.
boost::asio::awaitable<std::optional<std::chrono::sys_seconds>> server_date(
    Network& network, const std::string& host_port, Trace& aside);

}  // namespace sonde::net
