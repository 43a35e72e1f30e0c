#pragma once
#include <string>

#include "probes/net/http/http_exchange.hpp"

namespace sonde::net {

// The error that the body reports: its error_code, code, error, detail, message and similar
// members, as texts, or as lists of texts or of objects, also if the body is a list of such; of a
// 4xx also errors by field name, and a line of text/plain. Empty if there is none. A body of more
// than 64 KB is not read. The result is text of the peer of any length: scrub and shorten it before
// it is shown. Pure.
std::string error_text(const Response& response);

// What answered in place of the service, or requires something first: the challenge of a gateway
// (cf-mitigated and others), or another authentication (WWW-Authenticate, RFC 9110 section 11.6.1):
// "cf-mitigated: challenge". Empty: no header says so. Text of the peer, as above.
std::string said_gate(const Response& response);

}  // namespace sonde::net
