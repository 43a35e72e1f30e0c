#pragma once
#include <expected>

#include "probes/net/http/http_exchange.hpp"

namespace sonde::net {

// 301, 302, 303, 307 or 308.
bool is_redirect(int status);

// The request that a redirect asks for (RFC 9110 15.4); pure. POST becomes GET on 301, 302 and
// 303, and loses its body and the headers that describe it. Of the caller's headers only
// User-Agent, Accept, Accept-Language and Accept-Encoding go to another origin. Fails with
// redirected: no or a bad Location, https to http, a body that would have to be repeated to another
// origin.
std::expected<Request, Failure> follow(const Request& request, const Response& response);

}  // namespace sonde::net
