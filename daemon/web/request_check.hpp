#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/web/web.hpp"

namespace sonde::web {

// Why a request is not answered as it asks, and what its sender can do.
struct Refused {
  unsigned status = 400;
  std::string text;
};

// What decides how a request is framed and whom it is for, as it came; one entry for each line.
struct RequestHead {
  bool http_1_0 = false;
  std::vector<std::string_view> host, transfer_encoding, content_length;
};
// RFC 9112, 3.2 and 6.1: exactly one Host (HTTP/1.0 may have none), and only one way to tell where
// the body ends. What is refused ends the connection.
std::optional<Refused> check_framing(const RequestHead& head);

// The hosts under which the daemon is asked. A page whose name was made to point here after it was
// loaded (DNS rebinding) asks under its own name, and gets nothing. Known are IP addresses,
// localhost and the names below it, this machine's own name, that of `external_url`, and `more`:
// names, or ".example.com" for all that end so.
class KnownHosts {
 public:
  KnownHosts(std::string_view external_url, const std::vector<std::string>& more);

  // `host` is the header Host, with or without a port.
  std::optional<Refused> check(std::string_view host) const;

 private:
  std::vector<std::string> names_;
};

// Whether a request may change something. A page of another site cannot ask for a change: its
// browser names that site, and a method or Content-Type as it is wanted here is only sent by a
// browser after it was allowed, which Sonde never does. `external_url`: pages from there may ask.
std::optional<Refused> check_change(const WebRequest& request, std::string_view external_url);

}  // namespace sonde::web
