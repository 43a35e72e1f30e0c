#include "probes/health/cors.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "probes/net/http/http_text.hpp"
#include "probes/net/http/status.hpp"

namespace sonde::health {
namespace {

std::string method_of(const Cors& cors, const net::Request& request) {
  return cors.method.empty() ? request.method : cors.method;
}

Failure refused(std::string detail) { return {Reason::cors_refused, std::move(detail)}; }

std::string shown(const net::Response& response, std::string_view name) {
  const std::string* value = response.header(name);
  return value == nullptr ? fmt::format("there is no {}", name)
                          : fmt::format("{} is {}", name, net::quoted(*value, 120));
}

// The first header that a list does not allow; `*` allows all but Authorization, and nothing if
// credentials are sent.
bool allows(const Cors& cors, const net::Response& response, std::string_view list,
            std::string_view wanted) {
  const std::string* allowed = response.header(list);
  if (allowed == nullptr) return false;
  const bool any = *allowed == "*" && !cors.credentials && !net::same_word(wanted, "authorization");
  return any || net::lists(*allowed, wanted);
}

bool is_simple(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "POST";
}

}  // namespace

const config::Section<Cors>& section_of(const Cors*) {
  static const auto keys =
      config::Section<Cors>()
          .key("origin", &Cors::origin, "Where the page comes from: scheme://host[:port].",
               {.required = true, .filled = true})
          .key("method", &Cors::method,
               "The method of the page's request; without it, the probe's own.",
               {.one_of = {"", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}})
          .key("headers", &Cors::headers, "Headers that the page's request carries.")
          .key("credentials", &Cors::credentials, "The page's request carries cookies.");
  return keys;
}

std::string origin_mistake(std::string_view origin) {
  constexpr std::string_view wanted = "an origin such as https://app.example.com is expected here";
  if (origin == "null") return "";
  const auto url = net::parse_url(origin);
  if (!url) return fmt::format("{}: {}", wanted, url.error());
  const std::string sent = url->scheme + "://" + url->authority();
  return sent == origin ? "" : fmt::format("{}; a browser sends {}", wanted, sent);
}

net::Request preflight_of(const Cors& cors, const net::Request& request) {
  net::Request preflight{.method = "OPTIONS", .url = request.url, .headers = {}, .body = {}};
  preflight.headers = {{"Origin", cors.origin},
                       {"Access-Control-Request-Method", method_of(cors, request)}};
  if (!cors.headers.empty())
    preflight.headers.emplace_back("Access-Control-Request-Headers",
                                   fmt::format("{}", fmt::join(cors.headers, ",")));
  return preflight;
}

net::Request with_origin(const Cors& cors, net::Request request) {
  const bool own = net::find_header(request.headers, "Origin") != nullptr;
  if (!own) request.headers.emplace_back("Origin", cors.origin);
  return request;
}

std::optional<Failure> judge_cors(const Cors& cors, const net::Response& response) {
  const std::string* origin = response.header("Access-Control-Allow-Origin");
  const bool any = origin != nullptr && *origin == "*" && !cors.credentials;
  if (!any && (origin == nullptr || *origin != cors.origin))
    return refused(
        fmt::format("{}, wanted {}", shown(response, "Access-Control-Allow-Origin"), cors.origin));
  const std::string* leave = response.header("Access-Control-Allow-Credentials");
  if (cors.credentials && (leave == nullptr || *leave != "true"))
    return refused(shown(response, "Access-Control-Allow-Credentials") + ", wanted true");
  return std::nullopt;
}

std::optional<Failure> judge_preflight(const Cors& cors, const net::Request& request,
                                       const net::Response& preflight) {
  const std::string prefix = "preflight: ";
  if (preflight.status < 200 || preflight.status > 299)
    return refused(prefix + net::describe(preflight));
  if (auto wrong = judge_cors(cors, preflight)) return refused(prefix + wrong->detail);
  const std::string method = method_of(cors, request);
  constexpr std::string_view methods = "Access-Control-Allow-Methods";
  const auto unlike = [&](std::string_view name, const std::string& wanted) {
    return refused(fmt::format("{}{}, wanted {}", prefix, shown(preflight, name), wanted));
  };
  if (!is_simple(method) && !allows(cors, preflight, methods, method))
    return unlike(methods, method);
  constexpr std::string_view headers = "Access-Control-Allow-Headers";
  for (const std::string& header : cors.headers)
    if (!allows(cors, preflight, headers, header)) return unlike(headers, header);
  return std::nullopt;
}

}  // namespace sonde::health
