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

std::optional<Refused> refuse_change(const WebRequest& request, std::string_view external_url) {
  if (request.method == "GET" || request.method == "HEAD") return std::nullopt;
  return check_change(request, external_url);
}

WebReply plain_reply(unsigned status, std::string text) {
  return {.status = status, .body = std::move(text) + "\n"};
}

WebReply refusal_of(const WebRequest& request, const Refused& refused) {
  if (!request.path.starts_with("/api/")) return plain_reply(refused.status, refused.text);
  const std::string_view type = refused.status == 403 ? "forbidden" : "bad_data";
  return {
      .status = refused.status, .type = "application/json", .body = error_json(type, refused.text)};
}

}  // namespace sonde::web
