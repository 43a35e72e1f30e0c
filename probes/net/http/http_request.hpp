#pragma once
#include <expected>
#include <string>

#include "probes/net/http/http_exchange.hpp"

namespace sonde::net {

// How a request goes out.
struct Form {
  bool absolute = false;  // to a proxy (RFC 9112 3.2.2)
  bool upgrade = false;   // the connection stays open: no Connection: close, no Accept-Encoding
};

// A request as it goes out: its bytes, and the headers in them.
struct Wire {
  std::string bytes;
  Headers headers;
};

// Adds Host, User-Agent, Accept, Accept-Encoding (where the request does not bring its own),
// Connection and Content-Length. Fails with own_request for what would break the framing: a
// method, name or target that is none, a value with control characters, a header that is ours.
std::expected<Wire, Failure> compose(const Request& request, const Form& form);

}  // namespace sonde::net
