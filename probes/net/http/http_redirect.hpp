#pragma once
#include <expected>

#include "probes/net/http/http_exchange.hpp"

namespace sonde::net {

// Whether the status is 301, 302, 303, 307 or 308.
bool is_redirect(int status);

// The request that a redirect leads to (RFC 9110 section 15.4). Pure. POST becomes GET on 301, 302
// and 303, and loses its body and the headers that describe it. Of the caller's headers, another
// origin gets only User-Agent, Accept, Accept-Language and Accept-Encoding. Fails with redirected:
// no Location or a bad one, https to http, or a body that would have to be sent to another origin.
std::expected<Request, Failure> follow(const Request& request, const Response& response);

}  // namespace sonde::net
