#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "daemon/web/web.hpp"

namespace sonde::web {

// Why a request is refused, and what its sender can do.
struct Refused {
  unsigned status = 400;
  std::string text;
};

// The headers that decide the framing of a request and its host; one entry for each line.
struct RequestHead {
  bool http_1_0 = false;
  std::vector<std::string_view> host, transfer_encoding, content_length;
};
// Those of a request; they live as long as `incoming`.
RequestHead head_of(const boost::beast::http::request<boost::beast::http::string_body>& incoming);
// RFC 9112 sections 3.2 and 6.1: exactly one Host (HTTP/1.0 may have none), and only one way to
// determine the end of the body. A refused request ends the connection.
std::optional<Refused> check_framing(const RequestHead& head);

// The host names of the daemon. Protects against DNS rebinding: a page whose name was changed to
// point here after it was loaded sends its own name, and is refused. Known are IP addresses,
// localhost and its subdomains, this machine's name, the host of `external_url`, and `more`: names,
// or ".example.com" for all names with that suffix.
class KnownHosts {
 public:
  KnownHosts(std::string_view external_url, const std::vector<std::string>& more);

  // `host` is the header Host, with or without a port.
  std::optional<Refused> check(std::string_view host) const;

 private:
  std::vector<std::string> names_;
};

// A page of another site may not make the daemon act; pages at `external_url` may.
std::optional<Refused> check_origin(const WebRequest& request, std::string_view external_url);

// Whether a request may change something. A page of another site cannot request a change: its
// browser sends the site's origin, and sends the methods and Content-Types required here only after
// a preflight, which Sonde never grants. Pages at `external_url` may.
std::optional<Refused> check_change(const WebRequest& request, std::string_view external_url);

// Makes the WebRequest for a route.
WebRequest request_of(const boost::beast::http::request<boost::beast::http::string_body>& incoming);

}  // namespace sonde::web
