#include "daemon/web/routing.hpp"

#include <algorithm>
#include <utility>

#include "daemon/web/api_json.hpp"

namespace sonde::web {

std::vector<Route>::const_iterator find_route(const std::vector<Route>& routes,
                                              const std::string& path) {
  const auto exact = std::ranges::find(routes, path, &Route::path);
  if (exact != routes.end()) return exact;
  return std::ranges::find_if(
      routes, [&](const Route& route) { return route.below && path.starts_with(route.path); });
}

bool allows(const Route& route, std::string_view method) {
  const std::string_view asked = method == "HEAD" ? "GET" : method;
  return std::ranges::find(route.methods, asked) != route.methods.end();
}

std::string methods_of(const Route& route) {
  std::string list;
  for (const std::string& method : route.methods) {
    if (!list.empty()) list += ", ";
    list += method == "GET" ? "GET, HEAD" : method;
  }
  return list;
}

std::optional<Refused> refuse_change(const Route& route, const WebRequest& request,
                                     std::string_view external_url) {
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (reads) return route.acts ? check_origin(request, external_url) : std::nullopt;
  if (request.trusted) return check_change(request, external_url);
  return Refused{403,
                 "Changes need a client on this machine, or one that has proved who it is by a "
                 "password or a certificate (--web.config.file)."};
}

WebReply plain_reply(unsigned status, std::string text) {
  return {.status = status, .body = std::move(text) + "\n"};
}

WebReply refusal_of(const WebRequest& request, const Refused& refused) {
  const bool of_api = request.path == "/api" || request.path.starts_with("/api/");
  if (!of_api) return plain_reply(refused.status, refused.text);
  std::string_view type = "bad_data";
  if (refused.status == 401) type = "unauthorized";
  if (refused.status == 403) type = "forbidden";
  if (refused.status == 404) type = "not_found";
  if (refused.status == 405) type = "method_not_allowed";
  if (refused.status == 503) type = "unavailable";
  return {
      .status = refused.status, .type = "application/json", .body = error_json(type, refused.text)};
}

WebReply denial_of(const WebRequest& request, const Refused& refused) {
  WebReply reply = refusal_of(request, refused);
  if (refused.status == 401)
    reply.headers.emplace_back("WWW-Authenticate", R"(Basic realm="Sonde", charset="UTF-8")");
  return reply;
}

}  // namespace sonde::web
