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
    metrics->render(request.gzip,
                    [gzip = request.gzip, respond = std::move(respond)](std::string page) {
                      respond({.type = "text/plain; version=0.0.4; charset=utf-8",
                               .body = std::move(page),
                               .gzipped = gzip});
                    });
  };
  return {.path = "/metrics", .methods = {"GET"}, .answer = answer, .shared = true};
}

Route landing_route(const StatusPage* status_page) {
  auto answer = [status_page](const WebRequest&, Respond respond) {
    respond({.type = "text/html; charset=utf-8", .body = status_page->page()});
  };
  return {.path = "/", .methods = {"GET"}, .answer = answer, .shared = true};
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

Route reload_route(std::function<std::string()> reload) {
  auto answer = [reload = std::move(reload)](const WebRequest&, Respond respond) {
    if (!reload)
      return respond(plain(403, "Lifecycle endpoints are off (--web.enable-lifecycle)."));
    const std::string mistakes = reload();
    respond(mistakes.empty() ? plain(200, "Reloaded.") : plain(500, mistakes));
  };
  return {"/-/reload", {"POST", "PUT"}, answer};
}

}  // namespace

std::vector<Route> standard_routes(RouteHooks hooks) {
  std::vector<Route> routes = {landing_route(hooks.status_page), metrics_route(hooks.metrics),
                               healthy_route(), ready_route(std::move(hooks.unready)),
                               reload_route(std::move(hooks.reload))};
  std::ranges::move(api_routes(std::move(hooks.api)), std::back_inserter(routes));
  return routes;
}

}  // namespace sonde::web
