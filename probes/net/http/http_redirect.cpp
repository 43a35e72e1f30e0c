#include "probes/net/http/http_redirect.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "probes/net/http/http_text.hpp"

namespace sonde::net {
namespace {

std::unexpected<Failure> refused(std::string detail) {
  return std::unexpected(Failure{Reason::redirected, std::move(detail)});
}

bool same_origin(const Url& a, const Url& b) {
  return a.scheme == b.scheme && a.host == b.host && a.port == b.port;
}

bool is_safe(const Request& request) { return request.method == "GET" || request.method == "HEAD"; }

bool becomes_get(const Request& request, int status) {
  if (is_safe(request)) return false;
  return status == 303 || (request.method == "POST" && (status == 301 || status == 302));
}

// Credentials may be in headers of any name, so another origin gets only headers that never contain
// them.
bool may_leave(const std::string& name) {
  return same_word(name, "user-agent") || same_word(name, "accept") ||
         same_word(name, "accept-language") || same_word(name, "accept-encoding");
}

bool describes_body(const std::string& name) { return same_word(name.substr(0, 8), "content-"); }

template <class Drop>
void drop_if(Headers& headers, Drop drop) {
  std::erase_if(headers, [&](const auto& header) { return drop(header.first); });
}

}  // namespace

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::expected<Request, Failure> follow(const Request& request, const Response& response) {
  const std::string* location = response.header("location");
  if (!location) return refused(fmt::format("{} without a Location", response.status));
  auto url = resolve(request.url, *location);
  if (!url) return refused(fmt::format("Location {}: {}", quoted(*location, 200), url.error()));
  if (url->scheme != "http" && url->scheme != "https") {
    return refused("redirected to " + url->text() + ", which is not HTTP");
  }
  if (request.url.tls() && !url->tls()) return refused("redirected from https to " + url->text());

  const bool elsewhere = !same_origin(request.url, *url);
  Request next = request;
  next.url = std::move(*url);
  if (becomes_get(request, response.status)) {
    next.method = "GET";
    next.body.clear();
    drop_if(next.headers, describes_body);
  } else if (elsewhere && !is_safe(request)) {
    return refused(fmt::format("{} asks to repeat the {} at another origin, {}", response.status,
                               request.method, next.url.text()));
  }
  if (elsewhere) drop_if(next.headers, [](const auto& name) { return !may_leave(name); });
  return next;
}

}  // namespace sonde::net
