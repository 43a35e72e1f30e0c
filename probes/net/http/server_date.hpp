#pragma once
#include <chrono>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "probes/core/trace.hpp"
#include "probes/net/network.hpp"

namespace sonde::net {

// The time of the server at "host:port": the Date of its answer to HEAD /, over TLS without
// verification, and without credentials. Empty: it sends none.
boost::asio::awaitable<std::optional<std::chrono::sys_seconds>> server_date(
    Network& network, const std::string& host_port, Trace& aside);

}  // namespace sonde::net
