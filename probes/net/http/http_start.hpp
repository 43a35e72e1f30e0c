#pragma once
#include <boost/asio/awaitable.hpp>

#include "probes/net/http/http_exchange.hpp"
#include "probes/net/http/http_reader.hpp"
#include "probes/net/transport.hpp"

namespace sonde::net {

// Receives until the response is complete or `wait` is over, when it closes the transport. True:
// `wait` was over.
boost::asio::awaitable<bool> receive_start(Transport& transport, ResponseReader& reader, Span wait);

// As fetch() without redirects, for a page of which the status and the start suffice: its body may
// be longer than limits.body, and may go on for more than `wait` after the headers. What came is
// the answer. Failures: those of fetch, but not body_too_big.
boost::asio::awaitable<Answer> fetch_start(Network& network, const Request& request,
                                           const ConnectionOptions& line, Span wait, Trace& trace);

}  // namespace sonde::net
