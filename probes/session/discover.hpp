#pragma once
#include <optional>

#include <boost/asio/awaitable.hpp>

#include "probes/core/trace.hpp"
#include "probes/session/endpoint.hpp"

namespace sonde::session {

// The result of discovery; the address and the page's origin are stored in the names of the run. If
// another address was expected, the run goes on with the discovered one, and then fails with
// `drift`.
struct Discovered {
  std::optional<Failure> drift;
};

// Opens the page, follows its redirects, and searches the page and its scripts until the pattern is
// found. Phase discover, step upgrade. Runs each time and without a cache, because what users get
// now counts. At most 32 scripts of 8 MB each, 32 MB in all. Failures: those of the network,
// endpoint_missing, mixed_content. Records the page, the script that contains the address, and
// scripts that could not be read.
boost::asio::awaitable<std::expected<Discovered, Failure>> discover(
    const Endpoint& endpoint, net::Network& network, const net::ConnectionOptions& line,
    text::Names& names, Trace& trace);

}  // namespace sonde::session
