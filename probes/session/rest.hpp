#pragma once
#include <expected>

#include <boost/asio/awaitable.hpp>

#include "probes/core/probe.hpp"
#include "probes/session/socket.hpp"

namespace sonde::session {

// A GET of the socket's `rest` address, with the token of `names` where the socket carries it: in
// the same header or cookie, else as usual (Authorization: Bearer). own_request.
std::expected<net::Request, Failure> rest_request(const Socket& socket, text::Names names);

// Makes a plain request. At step upgrade: a pass for 2xx; unauthorized (401), forbidden (403), what
// net::reason_of says of another status, or why there was no answer.
boost::asio::awaitable<Verdict> ask_plainly(net::Request request,
                                            const net::ConnectionOptions& line,
                                            net::Network& network, Trace& trace);

}  // namespace sonde::session
