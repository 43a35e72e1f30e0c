#pragma once
#include <expected>

#include <boost/asio/awaitable.hpp>

#include "probes/core/probe.hpp"
#include "probes/session/socket.hpp"

namespace sonde::session {

// A GET of the socket's `rest` address, with the token of `names` where the socket carries it: in
// the same header or cookie, otherwise as Authorization: Bearer. Fails with own_request.
std::expected<net::Request, Failure> rest_request(const Socket& socket, text::Names names);

// Makes a plain request, at step upgrade. Passes for 2xx; fails with unauthorized (401), forbidden
// (403), the result of net::reason_of for another status, or the reason for a missing answer.
boost::asio::awaitable<Verdict> ask_plainly(net::Request request,
                                            const net::ConnectionOptions& line,
                                            net::Network& network, Trace& trace);

}  // namespace sonde::session
