#pragma once
#include <memory>

#include "probes/net/transport.hpp"

struct ssl_ctx_st;

namespace sonde::net {

// Transports for the server's side of a connection that was accepted. Both own `descriptor`, also
// if they fail.

std::unique_ptr<Transport> accepted_plain(const boost::asio::any_io_executor& executor,
                                          int descriptor);

// With TLS; the first read makes the handshake, and fails if that fails. `data`: application data
// of the SSL object, which has to outlive the Transport and its pending operations. Null if OpenSSL
// has no memory.
std::unique_ptr<Transport> accepted_tls(const boost::asio::any_io_executor& executor,
                                        int descriptor, ssl_ctx_st* context, void* data);

// Whether a read failed because the client speaks HTTP without TLS.
bool is_plain_http(const boost::system::error_code& error);

}  // namespace sonde::net
