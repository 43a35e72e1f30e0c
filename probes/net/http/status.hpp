#pragma once
#include <optional>
#include <string>

#include "probes/net/http/http_exchange.hpp"

namespace sonde::net {

// What a status that nobody wanted means wherever it comes from: overloaded, bad_gateway,
// gateway_timeout, server_error, no_route, contract (400 and 422), redirected, login_redirect,
// else bad_status. Pure.
Reason reason_of(const Response& response);

// True for a page where an interface should answer: 2xx with text/html, and a body that does not
// begin as JSON does, which some servers send as text/html.
bool is_page(const Response& response);

// "HTTP 422 VALIDATION_ERROR: field required", "HTTP 302 to https://login.example.com/", or
// "HTTP 403 (cf-mitigated: challenge)".
std::string describe(const Response& response);

}  // namespace sonde::net
