#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/net/url.hpp"
#include "probes/trace.hpp"

namespace sonde::auth {

using WallTime = std::chrono::sys_seconds;

// A cookie as it is stored (RFC 6265 5.3). Its value is a secret.
struct Cookie {
  std::string name, value;
  std::string domain;     // lower case, without a leading dot
  std::string path;       // begins with "/"
  bool host_only = true;  // no Domain attribute: only that very host
  bool secure = false;
  bool http_only = false;
  std::optional<WallTime> expires;  // empty: with the session
};

// One Set-Cookie header from `from`: empty if a browser would ignore it (no name, a Domain that is
// not the host's own or is a bare top-level name, Secure from plain HTTP, a __Host- or __Secure-
// name that breaks its promise). Pure.
std::optional<Cookie> parse_set_cookie(std::string_view header, const net::Url& from, WallTime now);

// Whether a cookie is sent to `url` (RFC 6265 5.4): domain, path, and Secure only over TLS (https,
// wss). Ports do not tell cookies apart.
bool goes_to(const Cookie& cookie, const net::Url& url);

// The cookies of one login. At most 100, of 4 KB each; the oldest goes first.
class Cookies {
 public:
  // Takes every Set-Cookie of an answer. One that has expired removes what it names.
  void take(const net::Url& from, const Headers& headers, WallTime now);
  // The value of a Cookie header for `url`, longer paths first; empty: none is sent.
  std::string header(const net::Url& url, WallTime now) const;
  // The value of a cookie by its name, whatever its path; null if there is none.
  const std::string* find(std::string_view name) const;
  const std::vector<Cookie>& all() const { return cookies_; }
  bool empty() const { return cookies_.empty(); }

 private:
  void put(Cookie cookie, WallTime now);
  std::vector<Cookie> cookies_;  // in the order of their making
};

}  // namespace sonde::auth
