#pragma once
#include <string>

#include "probes/net/http/http_exchange.hpp"

namespace sonde::net {

// What the body says went wrong: its error_code, code, error, detail, message and their like, as
// texts, lists of texts or of objects; empty if it says nothing. Of a body beyond 64 KB nothing is
// read. It is text of the peer, unbounded: scrub and shorten it before it is shown. Pure.
std::string said_error(const Response& response);

// What stands before the service and answered in its place, or wants something of its own first:
// a gate's challenge (cf-mitigated and others), or another authentication (WWW-Authenticate, RFC
// 9110 11.6.1): "cf-mitigated: challenge". Empty: nothing says so. Text of the peer, as above.
std::string said_gate(const Response& response);

}  // namespace sonde::net
