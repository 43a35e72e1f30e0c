#pragma once
#include <cstddef>
#include <span>

#include <boost/asio/awaitable.hpp>

#include "probes/core/reason.hpp"
#include "probes/net/transport.hpp"

namespace sonde::net {

struct Io {
  boost::system::error_code error;
  std::size_t bytes = 0;
};

// A transport's operations for coroutines. They never throw, and a run that was cut before or
// while they wait gives operation_aborted.
boost::asio::awaitable<Io> read_some(Transport& transport, std::span<char> into);
boost::asio::awaitable<Io> write_all(Transport& transport, std::string_view bytes);

// What a failed operation means: cut, tcp_reset, tcp_timeout, tls_handshake (TLS 1.3 refuses a
// client's certificate with the first read). Never asked for an end of stream.
Failure io_failure(const boost::system::error_code& error);

}  // namespace sonde::net
