#include "daemon/web/incident_routes.hpp"

#include <algorithm>
#include <limits>

#include "daemon/core/incidents.hpp"
#include "daemon/web/api_query.hpp"
#include "daemon/web/incident_feed.hpp"
#include "daemon/web/json_object.hpp"

namespace sonde::web {
namespace {

constexpr std::string_view incident_prefix = "/api/v1/incidents/";
constexpr std::string_view feeds_prefix = "/feeds/";
constexpr std::size_t feed_max = 50;  // incidents

std::vector<IncidentRecord> incidents_at(const ApiHooks& hooks, const std::string& target) {
  return incidents_of(hooks.alert_history(
      {.alert = {}, .target = target, .limit = std::numeric_limits<std::size_t>::max()}));
}

WebReply answer_incidents(const WebRequest& request, const ApiHooks& hooks) {
  ApiQuery query(request.query, {"target", "state", "limit", "after"});
  const std::string state = query.word("state", {"open", "ended"});
  auto all = incidents_at(hooks, query.text("target"));
  std::erase_if(all, [&](const IncidentRecord& incident) {
    return !state.empty() && incident.ended.has_value() != (state == "ended");
  });
  const auto key = [](const IncidentRecord& incident) {
    return time_key(incident.starts, incident.id);
  };
  const auto page = page_of(std::move(all), query, key, true);
  if (!query.wrong().empty()) return api_bad(query.wrong());
  return api_good(list_json("incidents", json_list(page.items, incident_json), page.next));
}

WebReply answer_incident(const WebRequest& request, const ApiHooks& hooks) {
  const std::string_view id = std::string_view(request.path).substr(incident_prefix.size());
  for (const IncidentRecord& incident : incidents_at(hooks, ""))
    if (incident.id == id) return api_good(incident_json(incident));
  return api_not_found("there is no such incident, or it is forgotten");
}

// A target is known while it is watched, or while something of it is remembered.
bool is_known(const ApiHooks& hooks, const std::string& target) {
  return hooks.view != nullptr && std::ranges::any_of(hooks.view->checks(), [&](const auto& check) {
           return check->target == target;
         });
}

WebReply answer_feed(const WebRequest& request, const ApiHooks& hooks) {
  std::string_view name = std::string_view(request.path).substr(feeds_prefix.size());
  const bool atom = name.ends_with(".atom");
  if (!atom && !name.ends_with(".json"))
    return {.status = 404, .body = "Feeds are at /feeds/TARGET.atom and /feeds/TARGET.json\n"};
  name.remove_suffix(5);
  IncidentFeed feed{.target = std::string(name),
                    .external_url = hooks.external_url,
                    .incidents = incidents_at(hooks, std::string(name))};
  if (feed.incidents.empty() && !is_known(hooks, feed.target))
    return {.status = 404, .body = "There is no such target.\n"};
  if (feed.incidents.size() > feed_max) feed.incidents.resize(feed_max);
  if (atom) return {.type = "application/atom+xml; charset=utf-8", .body = as_atom(feed)};
  return {.type = "application/feed+json", .body = as_json_feed(feed)};
}

}  // namespace

std::vector<Route> incident_routes(const ApiHooksPtr& hooks) {
  if (!hooks->alert_history) return {};
  return {api_get("/api/v1/incidents", hooks, answer_incidents),
          api_get(incident_prefix, hooks, answer_incident, true),
          api_get(feeds_prefix, hooks, answer_feed, true)};
}

}  // namespace sonde::web
