#pragma once
#include <optional>
#include <string>
#include <vector>

#include "config/section.hpp"
#include "probes/net/http/http_exchange.hpp"

namespace sonde::health {

// A request that the page of `origin` makes to another origin, as browsers ask leave for it
// (Fetch, CORS protocol). `expect: { cors: ... }` of a health probe.
struct Cors {
  std::string origin;                // "https://app.example.com"
  std::string method;                // of the request; empty: the probe's
  std::vector<std::string> headers;  // that it carries beyond the harmless ones
  bool credentials = false;          // it carries cookies
};
const config::Section<Cors>& section_of(const Cors*);

// The preflight that a browser sends for a `request`, and the request with its origin.
net::Request preflight_of(const Cors& cors, const net::Request& request);
net::Request with_origin(const Cors& cors, net::Request request);

// Why a browser would not make the request after that preflight, or would keep the answer from
// the page: cors_refused; empty: nothing is wrong. Pure.
std::optional<Failure> judge_preflight(const Cors& cors, const net::Request& request,
                                       const net::Response& preflight);
std::optional<Failure> judge_cors(const Cors& cors, const net::Response& response);

}  // namespace sonde::health
