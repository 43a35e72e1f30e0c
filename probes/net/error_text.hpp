#pragma once
#include <string>

#include "probes/net/http/http_exchange.hpp"
#include "probes/text/json.hpp"

namespace sonde::net {

// The error that an answer reports: the error_code, code, error, detail, message and similar
// members of its body, as texts, or as lists of texts or of objects, also if the body is a list of
// such; of a 4xx also errors by field name. Of a 4xx or 5xx that is no JSON a line of text/plain,
// or the title of a page; of a redirect the `error` of its address. Empty if there is none. Reads
// the charset that the answer says. A body of more than 64 KB is not read. The result is text of
// the peer of any length: scrub and shorten it before it is shown. Pure.
std::string error_text(const Response& response);

// The error that JSON reports, in these members of it. Text of the peer, as above.
std::string error_in(text::Json root);

// What answered in place of the service, or requires something first: the challenge of a gateway
// (cf-mitigated and others), or another authentication (WWW-Authenticate, RFC 9110 section 11.6.1):
// "cf-mitigated: challenge". Empty: no header says so. Text of the peer, as above.
std::string said_gate(const Response& response);

// When or how to ask instead: "Retry-After: 30" of a 429 or 503, "Allow: GET" of a 405. Empty: no
// header says so. Text of the peer, as above.
std::string said_limit(const Response& response);

}  // namespace sonde::net
