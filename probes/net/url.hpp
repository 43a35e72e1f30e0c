#pragma once
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace sonde::net {

// A parsed absolute http, https, ws or wss URL (RFC 3986). The host has no brackets.
struct Url {
  std::string scheme;
  std::string host;
  std::uint16_t port = 0;    // the scheme's default if the URL has none
  std::string target = "/";  // path and query; never empty, no fragment
  bool tls() const { return scheme == "https" || scheme == "wss"; }
  // host[:port], with brackets if needed; without the scheme's default port.
  std::string authority() const;
  std::string text() const;
};

// Parses and checks `text`: known scheme, a host, a port, no user:password@ (secrets do not belong
// there), no control characters or spaces. The error says what is wrong.
std::expected<Url, std::string> parse_url(std::string_view text);

// Resolves what a server sends, such as a Location header, against the URL that it came from, as
// browsers do (WHATWG URL section 4.4), except that it takes no user:password@.
std::expected<Url, std::string> resolve(const Url& base, std::string_view location);

}  // namespace sonde::net
