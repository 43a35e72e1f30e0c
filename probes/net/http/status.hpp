#pragma once
#include <optional>
#include <string>

#include "probes/net/http/http_exchange.hpp"

namespace sonde::net {

// The reason for an unexpected status of any request: overloaded, bad_gateway, gateway_timeout,
// server_error, no_route, contract (400 and 422), redirected, login_redirect, otherwise bad_status.
// Pure.
Reason reason_of(const Response& response);

// Whether a web page was sent where an API should answer: 2xx with text/html, and a body that does
// not begin like JSON, which some servers send as text/html.
bool is_page(const Response& response);

// "HTTP 422 VALIDATION_ERROR: field required", "HTTP 302 to https://login.example.com/", or
// "HTTP 403 (cf-mitigated: challenge)".
std::string describe(const Response& response);

}  // namespace sonde::net
