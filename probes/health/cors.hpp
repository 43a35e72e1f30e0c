#pragma once
#include <optional>
#include <string>
#include <vector>

#include "config/section.hpp"
#include "probes/net/http/http_exchange.hpp"

namespace sonde::health {

// A request that a page of `origin` makes to another origin, for which browsers ask permission
// (Fetch standard, CORS protocol). `expect: { cors: ... }` of a health probe.
struct Cors {
  std::string origin;                // "https://app.example.com"
  std::string method;                // of the request; empty: the probe's
  std::vector<std::string> headers;  // headers that need permission
  bool credentials = false;          // the request carries cookies
};
const config::Section<Cors>& section_of(const Cors*);

// Why a text is no origin as browsers send it, "https://app.example.com" or "null"; empty: it is
// one. Pure.
std::string origin_mistake(std::string_view origin);

// The preflight that a browser sends for `request`, and the request with its Origin header.
net::Request preflight_of(const Cors& cors, const net::Request& request);
net::Request with_origin(const Cors& cors, net::Request request);

// Why a browser would not make the request after that preflight, or would hide the answer from the
// page: cors_refused. Empty: neither. Pure.
std::optional<Failure> judge_preflight(const Cors& cors, const net::Request& request,
                                       const net::Response& preflight);
std::optional<Failure> judge_cors(const Cors& cors, const net::Response& response);

}  // namespace sonde::health
