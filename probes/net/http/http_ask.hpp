#pragma once
#include <boost/asio/awaitable.hpp>

#include "probes/net/http/http_reader.hpp"
#include "probes/net/http/http_request.hpp"
#include "probes/net/transport.hpp"

namespace sonde::net {

// Sends the request in one write and receives the header section of the answer, through the phases
// request, first_byte and body; the last one is not ended. Records the skew of the Date header.
boost::asio::awaitable<void> ask(Transport& transport, const Wire& wire, ResponseReader& reader,
                                 Trace& trace);

// Records that a request is being sent.
void note_asked(const Request& request, const Wire& wire, Instant at, Trace& trace);

// Ends the phase and records the exchange. Scrubs the answer's detail.
Answer conclude(const Request& request, Wire wire, Instant at, ResponseReader& reader,
                Trace& trace);

}  // namespace sonde::net
