#pragma once
#include <optional>
#include <string>

#include "probes/net/http_exchange.hpp"

namespace sonde::net {

// What a status that nobody wanted means wherever it comes from: overloaded, bad_gateway,
// gateway_timeout, server_error, no_route, contract (400 and 422), redirected, login_redirect,
// else bad_status. Pure.
Reason reason_of(const Response& response);

// True for a page where an interface should answer: 2xx with text/html.
bool is_page(const Response& response);

// What the body says went wrong: its error_code, code, error, detail or message, bounded; empty
// if it says nothing. It is text of the peer: scrub it before it is shown.
std::string said_error(const Response& response);

// "HTTP 422 VALIDATION_ERROR: field required", or "HTTP 302 to https://login.example.com/".
std::string describe(const Response& response);

}  // namespace sonde::net
