#pragma once
#include <chrono>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "probes/core/trace.hpp"
#include "probes/net/origins.hpp"

namespace sonde::auth {

using WallTime = std::chrono::sys_seconds;

// A stored cookie (RFC 6265 section 5.3). Its value is a secret.
struct Cookie {
  std::string name, value;  // the name may be empty
  std::string domain;       // lower case, without a leading dot
  std::string path;         // begins with "/"
  bool host_only = true;    // no Domain attribute: sent only to that host
  bool secure = false;
  bool http_only = false;
  bool cross_site = false;          // SameSite=None
  std::optional<WallTime> expires;  // empty: expires with the session
  std::string set_by;               // origin_key of the server that set it
};

// Parses one Set-Cookie header from `from` (RFC 6265bis section 5.6). The error says why a browser
// would ignore it: control characters, neither name nor value, a Domain that is not the host's own
// or is a bare top-level name, Secure from plain HTTP, SameSite=None or Partitioned without Secure,
// a __Host- or
// __Secure- name without the required attributes, more than 4096 bytes of name and value. An
// attribute of more than 1024 bytes is ignored, and of repeated ones the last counts. Loopback is
// as good as https, as in browsers. Pure.
std::expected<Cookie, std::string> parse_set_cookie(std::string_view header, const net::Url& from,
                                                    WallTime now);

// A cookie that was not stored.
struct DroppedCookie {
  std::string name, why;
};

// Whether a cookie is sent to `url` (RFC 6265 section 5.4): domain, path, and Secure only over TLS
// (https, wss) or to loopback. Cookies do not depend on the port.
bool goes_to(const Cookie& cookie, const net::Url& url);
// Why it is not: "its Path is /api"; empty: it is sent.
std::string why_withheld(const Cookie& cookie, const net::Url& url);

// The cookies of one login: at most 100 of 4 KB each; the oldest is dropped first.
class Cookies {
 public:
  // Stores every Set-Cookie of an answer. An expired one removes the cookie that it names.
  void take(const net::Url& from, const Headers& headers, WallTime now);
  // The value of a Cookie header for `url`, longer paths first; empty: no cookie is sent. If `url`
  // is not in `own`, only cookies set by its own origin are included.
  std::string header(const net::Url& url, WallTime now, const net::Origins& own) const;
  // The value of a cookie by its name, with any path; null if there is none.
  const std::string* find(std::string_view name) const;
  const std::vector<Cookie>& all() const { return cookies_; }
  bool empty() const { return cookies_.empty(); }
  // Names of the cookies that are new or have another value since `before` was copied from this.
  std::vector<std::string> changed_since(const Cookies& before) const;
  // Cookies that answers have set since then and that were not stored; at most 16 of one login.
  std::span<const DroppedCookie> dropped_since(const Cookies& before) const;

 private:
  bool hides_secure(const Cookie& cookie, const net::Url& from) const;
  void put(Cookie cookie, WallTime now);
  void note_dropped(std::string_view name, std::string why);
  std::vector<Cookie> cookies_;  // in the order of creation
  std::vector<DroppedCookie> dropped_;
};

}  // namespace sonde::auth
