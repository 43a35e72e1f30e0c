#include "daemon/web/routes.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sonde::web {
namespace {

WebReply plain(unsigned status, std::string text) {
  return {.status = status, .body = std::move(text) + "\n"};
}

Route metrics_route(metrics::Metrics* metrics) {
  auto answer = [metrics](const WebRequest& request, Respond respond) {
    const auto format =
        request.openmetrics ? metrics::PageFormat::openmetrics : metrics::PageFormat::text;
    metrics->render(format, request.gzip,
                    [format, gzip = request.gzip, respond = std::move(respond)](std::string page) {
                      respond({.type = std::string(metrics::content_type(format)),
                               .body = std::move(page),
                               .gzipped = gzip});
                    });
  };
  return {.path = "/metrics", .methods = {"GET"}, .answer = answer, .shared = true};
}

Route healthy_route() {
  auto answer = [](const WebRequest&, Respond respond) {
    respond(plain(200, "Sonde is healthy."));
  };
  return {"/-/healthy", {"GET"}, answer};
}

Route ready_route(std::function<std::string()> unready) {
  auto answer = [unready = std::move(unready)](const WebRequest&, Respond respond) {
    const std::string why = unready ? unready() : "";
    respond(why.empty() ? plain(200, "Sonde is ready.") : plain(503, "Sonde is not ready: " + why));
  };
  return {"/-/ready", {"GET"}, answer};
}

Route reload_route(std::function<ReloadOutcome()> reload) {
  auto answer = [reload = std::move(reload)](const WebRequest&, Respond respond) {
    if (!reload)
      return respond(plain(403, "Lifecycle endpoints are off (--web.enable-lifecycle)."));
    const ReloadOutcome outcome = reload();
    if (!outcome.mistakes.empty()) return respond(plain(500, outcome.mistakes));
    std::string said = "Reloaded.";
    for (const std::string& note : outcome.at_restart) said += "\n" + note;
    respond(plain(200, std::move(said)));
  };
  return {"/-/reload", {"POST", "PUT"}, answer};
}

}  // namespace

std::vector<Route> standard_routes(RouteHooks hooks) {
  std::vector<Route> routes = {
      metrics_route(hooks.metrics),          healthy_route(),
      ready_route(std::move(hooks.unready)), reload_route(std::move(hooks.reload)),
      probe_route(std::move(hooks.probe)),   discovery_route(std::move(hooks.discovery))};
  std::ranges::move(api_routes(std::move(hooks.api)), std::back_inserter(routes));
  std::ranges::move(run_routes(std::move(hooks.runs)), std::back_inserter(routes));
  return routes;
}

}  // namespace sonde::web
