#pragma once
#include <expected>
#include <string>

#include "probes/net/http/http_exchange.hpp"

namespace sonde::net {

// What is wrong with a header of a request, without its value, which may be secret; empty: nothing.
// The same for a configuration and for a request that is to be sent.
std::string header_mistake(std::string_view name, std::string_view value);

// The form of a request.
struct Form {
  bool absolute = false;      // for a proxy (RFC 9112 section 3.2.2)
  bool upgrade = false;       // keep the connection open: no Connection: close, no Accept-Encoding
  std::string_view run = {};  // the run that asks, for X-Sonde-Run and traceparent; empty: neither
};

// A request as sent: its bytes, and the headers in them.
struct Wire {
  std::string bytes;
  Headers headers;
};

// Adds Host, User-Agent, Accept, Accept-Encoding, X-Sonde-Run and traceparent (W3C Trace Context;
// with a new parent-id for each request), unless the request has them; Connection and
// Content-Length. Fails with own_request for anything that would break the framing: an invalid
// method, name or target, a value with control characters, a header that is set here.
std::expected<Wire, Failure> compose(const Request& request, const Form& form);

}  // namespace sonde::net
