#pragma once
#include <expected>

#include "probes/net/http_exchange.hpp"

namespace sonde::net {

// 301, 302, 303, 307 or 308.
bool is_redirect(int status);

// The request that a redirect asks for (RFC 9110 15.4); pure. POST becomes GET on 301, 302 and
// 303. To another origin go none of the caller's headers but Accept*, User-Agent and
// Content-Type's kin are dropped with the body. Fails with redirected: no or a bad Location,
// https to http, a body that would have to be repeated to another origin.
std::expected<Request, Failure> follow(const Request& request, const Response& response);

}  // namespace sonde::net
