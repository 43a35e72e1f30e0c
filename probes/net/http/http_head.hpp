#pragma once
#include <cstddef>
#include <expected>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "probes/net/http/http_exchange.hpp"
#include "probes/net/transport.hpp"

namespace sonde::net {

// A header section, and the bytes after it.
struct Head {
  Response response;  // without body
  std::string rest;
};

// Reads one response without a body, such as the answer to CONNECT (RFC 9110 section 9.3.6). At
// most `limit` bytes. Failures as for an exchange: closed_early, bad_http, header_too_big,
// tcp_reset, cut.
boost::asio::awaitable<std::expected<Head, Failure>> read_head(Transport& transport,
                                                               std::size_t limit);

}  // namespace sonde::net
