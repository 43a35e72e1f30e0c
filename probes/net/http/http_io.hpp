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

// A transport's operations as coroutines. They never throw; if the run is cancelled before or
// during the wait, the result is operation_aborted.
boost::asio::awaitable<Io> read_some(Transport& transport, std::span<char> into);
boost::asio::awaitable<Io> write_all(Transport& transport, std::string_view bytes);

// The meaning of a failed operation: cut, tcp_reset, tcp_timeout, tls_handshake (with TLS 1.3 a
// server rejects a client certificate at the first read). Do not call it for the end of a stream.
Failure io_failure(const boost::system::error_code& error);

}  // namespace sonde::net
