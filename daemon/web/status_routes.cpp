#include "daemon/web/status_routes.hpp"

#include "config/load.hpp"
#include "config/schema.hpp"
#include "daemon/web/json_object.hpp"
#include "daemon/web/openapi_files.hpp"

namespace sonde::web {
namespace {

WebReply answer_config(const WebRequest&, const ApiHooks& hooks) {
  return api_good(JsonObject().text("yaml", hooks.config()).done());
}

// What Prometheus has and Sonde has not is empty, because clients expect the members.
WebReply answer_buildinfo(const WebRequest&, const ApiHooks& hooks) {
  return api_good(JsonObject()
                      .text("version", hooks.version)
                      .text("revision", hooks.revision)
                      .text("branch", "")
                      .text("buildUser", "")
                      .text("buildDate", "")
                      .text("goVersion", "")
                      .done());
}

// The description as JSON, which every reader of OpenAPI takes.
std::string openapi_json() {
  config::Mistakes mistakes;
  const auto root = config::parse(openapi_files().front().text, "openapi.yaml", mistakes);
  return root ? config::to_json(*root) : "";
}

Route openapi_route() {
  auto answer = [json = openapi_json()](const WebRequest&, Respond respond) {
    respond(api_reply(200, json));
  };
  return {.path = "/api/v1/openapi.json", .methods = {"GET"}, .answer = answer};
}

}  // namespace

std::vector<Route> status_routes(const ApiHooksPtr& hooks) {
  std::vector<Route> routes = {api_get("/api/v1/status/buildinfo", hooks, answer_buildinfo),
                               openapi_route()};
  if (hooks->config) routes.push_back(api_get("/api/v1/status/config", hooks, answer_config));
  return routes;
}

}  // namespace sonde::web
