#include "daemon/web/discovery_route.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "daemon/web/json_object.hpp"
#include "daemon/web/routing.hpp"

namespace sonde::web {
namespace {

// Durations of Prometheus have no fractions.
std::string in_milliseconds(Span span) {
  return fmt::format("{}ms", std::chrono::ceil<std::chrono::milliseconds>(span).count());
}

// A scrape ends half a second before Prometheus gives up, and Prometheus demands that it does not
// take longer than the interval.
Span scrape_timeout(const Check& check) {
  return std::min<Span>(check.timeout + std::chrono::seconds(1), check.every);
}

std::string labels_of(const Check& check, const Instance& instance, bool tls) {
  JsonObject labels;
  labels.text("__scheme__", tls ? "https" : "http").text("__metrics_path__", "/probe");
  labels.text("__param_module", check.name).text("__param_target", check.target);
  labels.text("__scrape_interval__", in_milliseconds(check.every));
  labels.text("__scrape_timeout__", in_milliseconds(scrape_timeout(check)));
  labels.text("probe", check.name).text("kind", check.kind).text("target", check.target);
  if (!instance.location.empty()) labels.text("location", instance.location);
  if (!instance.shard.is_whole()) labels.text("shard", std::to_string(instance.shard.index));
  return labels.done();
}

}  // namespace

std::string discovered(std::span<const std::shared_ptr<const Check>> checks,
                       const Instance& instance, std::string_view host, bool tls) {
  const std::vector<std::string> targets{std::string(host)};
  const std::vector<std::shared_ptr<const Check>> all(checks.begin(), checks.end());
  return json_list(all, [&](const std::shared_ptr<const Check>& check) {
    JsonObject group;
    group.raw("targets", json_texts(targets));
    return group.raw("labels", labels_of(*check, instance, tls)).done();
  });
}

Route discovery_route(DiscoveryHooks hooks) {
  auto answer = [hooks = std::move(hooks)](const WebRequest& request, Respond respond) {
    if (!hooks.checks || !hooks.instance) return respond(plain_reply(404, "Nothing runs here."));
    respond({.type = "application/json",
             .body = discovered(hooks.checks(), hooks.instance(), request.host, hooks.tls)});
  };
  return {.path = "/sd", .methods = {"GET"}, .answer = answer};
}

}  // namespace sonde::web
