#include "daemon/web/api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <limits>
#include <memory>
#include <utility>

#include "daemon/core/alert_json.hpp"
#include "daemon/core/check_state.hpp"
#include "daemon/core/format.hpp"
#include "daemon/web/api_body.hpp"
#include "daemon/web/api_json.hpp"
#include "daemon/web/api_query.hpp"
#include "daemon/web/api_reply.hpp"
#include "daemon/web/incident_routes.hpp"
#include "daemon/web/json_object.hpp"
#include "daemon/web/status_routes.hpp"
#include "daemon/web/target_routes.hpp"
#include "probes/text/encode.hpp"

namespace sonde::web {
namespace {

using Hooks = ApiHooksPtr;

constexpr std::string_view maintenance_path = "/api/v1/maintenance/";
constexpr std::string_view failures_path = "/failures/";

WebReply nowhere() { return api_not_found("this daemon does not offer that"); }

WebReply changes_are_off() {
  return api_error(403, "forbidden", "changes by the API are off (--web.enable-admin-api)");
}

// Handles a change with a body: reads it, makes the change, and shows it.
template <class Wish, class Made>
WebReply change(const WebRequest& request, const ApiHooks& hooks,
                std::expected<Wish, std::string> (*read)(std::string_view),
                const std::function<std::expected<Made, std::string>(const Wish&)>& make,
                std::string (*show)(const Made&)) {
  if (!hooks.admin) return changes_are_off();
  if (!make) return nowhere();
  const auto wanted = read(request.body);
  if (!wanted) return api_bad(wanted.error());
  const auto made = make(*wanted);
  return made ? api_good(show(*made), 201) : api_bad(made.error());
}

WebReply end_maintenance(const ApiHooks& hooks, std::string_view id) {
  if (!hooks.admin) return changes_are_off();
  if (!hooks.end_maintenance) return nowhere();
  const auto windows = hooks.maintenance();
  const auto known = std::ranges::find(windows, id, &MaintenanceWindow::id);
  const auto ended = hooks.end_maintenance(id);
  if (ended) return api_good("{}");
  return known == windows.end() ? api_not_found(ended.error())
                                : api_error(409, "conflict", ended.error());
}

WebReply list_maintenance(const WebRequest& request, const ApiHooks& hooks) {
  ApiQuery query(request.query, {"active", "source", "target", "limit", "after"});
  const std::string active = query.word("active", {"true", "false"});
  const std::string source = query.word("source", {"file", "api"});
  const std::string target = query.text("target");
  auto all = hooks.maintenance();
  std::erase_if(all, [&](const MaintenanceWindow& window) {
    const bool covers =
        window.target.empty() || std::ranges::find(window.target, target) != window.target.end();
    return (!active.empty() && window.active != (active == "true")) ||
           (!source.empty() && window.configured != (source == "file")) ||
           (!target.empty() && !covers);
  });
  const auto page = page_of(std::move(all), query, [](const MaintenanceWindow& window) {
    return time_key(window.from, window.id);
  });
  if (!query.wrong().empty()) return api_bad(query.wrong());
  const auto show = [](const MaintenanceWindow& window) { return maintenance_json(window); };
  return api_good(list_json("maintenance", json_list(page.items, show), page.next));
}

WebReply answer_maintenance(const WebRequest& request, const ApiHooks& hooks) {
  if (!hooks.maintenance) return nowhere();
  if (request.method != "POST") return list_maintenance(request, hooks);
  return change<MaintenanceRequest, MaintenanceWindow>(request, hooks, maintenance_of,
                                                       hooks.maintain, maintenance_json);
}

WebReply answer_window(const WebRequest& request, const ApiHooks& hooks) {
  if (!hooks.maintenance) return nowhere();
  const std::string_view id = std::string_view(request.path).substr(maintenance_path.size());
  if (request.method == "DELETE") return end_maintenance(hooks, id);
  for (const MaintenanceWindow& window : hooks.maintenance())
    if (window.id == id) return api_good(maintenance_json(window));
  return api_not_found("there is no such maintenance window");
}

WebReply list_deploys(const WebRequest& request, const ApiHooks& hooks) {
  ApiQuery query(request.query, {"target", "limit", "after"});
  const std::string target = query.text("target");
  auto all = hooks.deploys();
  std::erase_if(all, [&](const DeployMarker& marker) {
    return !target.empty() && !marker.target.empty() && marker.target != target;
  });
  const auto page = page_of(
      std::move(all), query,
      [](const DeployMarker& marker) {
        return time_key(marker.at, fmt::format("{} {}", marker.target, marker.version));
      },
      true);
  if (!query.wrong().empty()) return api_bad(query.wrong());
  return api_good(list_json("deploys", json_list(page.items, deploy_json), page.next));
}

WebReply answer_deploys(const WebRequest& request, const ApiHooks& hooks) {
  if (!hooks.deploys) return nowhere();
  if (request.method != "POST") return list_deploys(request, hooks);
  return change<DeployRequest, DeployMarker>(request, hooks, deploy_of, hooks.deploy, deploy_json);
}

constexpr std::size_t everything = std::numeric_limits<std::size_t>::max();

std::string of_alert(const Labels& labels, const char* name) { return value_of(labels, name); }

// All of them, as Prometheus answers, where no limit is given.
WebReply answer_alerts(const WebRequest& request, const ApiHooks& hooks) {
  if (!hooks.alerts) return nowhere();
  ApiQuery query(request.query, {"alert", "target", "state", "limit", "after"});
  const std::string alert = query.text("alert"), target = query.text("target");
  const std::string state = query.word("state", {"pending", "firing"});
  auto all = hooks.alerts();
  std::erase_if(all, [&](const AlertFacts& one) {
    return (!alert.empty() && of_alert(one.labels, "alertname") != alert) ||
           (!target.empty() && of_alert(one.labels, "target") != target) ||
           (!state.empty() && (one.state == AlertState::firing) != (state == "firing"));
  });
  const auto page = page_of(
      std::move(all), query, [](const AlertFacts& one) { return json_of(one.labels); }, false,
      everything);
  if (!query.wrong().empty()) return api_bad(query.wrong());
  return api_good(list_json("alerts", alert_list_json(page.items), page.next));
}

WebReply answer_rules(const WebRequest& request, const ApiHooks& hooks) {
  if (!hooks.rules || !hooks.alerts) return nowhere();
  ApiQuery query(request.query, {"type", "rule_name[]", "limit", "after"});
  const std::string type = query.word("type", {"alert", "record"});
  const std::string rule_name = query.text("rule_name[]");
  auto all = hooks.rules();
  std::erase_if(all, [&](const RuleFacts& rule) {
    return type == "record" || (!rule_name.empty() && rule.name != rule_name);
  });
  const auto page = page_of(
      std::move(all), query, [](const RuleFacts& rule) { return rule.name; }, false, everything);
  if (!query.wrong().empty()) return api_bad(query.wrong());
  return api_good(rules_json(page.items, hooks.alerts(), page.next));
}

std::string verdict_of(const CheckStatus& standing) {
  return standing.last ? std::string(name(*standing.last)) : "none";
}

WebReply answer_probes(const WebRequest& request, const ApiHooks& hooks) {
  if (!hooks.view) return nowhere();
  const View& view = *hooks.view;
  ApiQuery query(request.query, {"probe", "kind", "target", "verdict", "limit", "after"});
  const CheckNames names{
      .probe = query.text("probe"), .kind = query.text("kind"), .target = query.text("target")};
  const std::string verdict = query.word("verdict", {"pass", "fail", "none"});
  std::vector<std::shared_ptr<const Check>> all;
  for (const auto& check : view.checks())
    if (names.are_of(*check) && (verdict.empty() || verdict_of(view.standing(*check)) == verdict))
      all.push_back(check);
  const auto page = page_of(std::move(all), query, [](const std::shared_ptr<const Check>& check) {
    return check->name + "\n" + check->target + "\n" + check->kind;
  });
  if (!query.wrong().empty()) return api_bad(query.wrong());
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  const auto now = std::chrono::floor<std::chrono::seconds>(since);
  const auto show = [&](const auto& check) { return probe_json(view, *check, now); };
  JsonObject object;
  if (hooks.instance) object.raw("daemon", instance_json(hooks.instance()));
  object.raw("probes", json_list(page.items, show));
  if (!page.next.empty()) object.text("next", page.next);
  return api_good(object.done());
}

std::string records_json(const ApiHooks::Records& records) {
  return list_json("alerts", json_list(records, alert_record_json), "");
}

WebReply answer_alert_history(const WebRequest& request, const ApiHooks& hooks) {
  if (!hooks.alert_history) return nowhere();
  ApiQuery query(request.query, {"alert", "target", "limit", "after"});
  const auto page = page_of(
      hooks.alert_history(
          {.alert = query.text("alert"), .target = query.text("target"), .limit = everything}),
      query,
      [](const AlertRecord& record) { return time_key(record.starts, json_of(record.labels)); },
      true);
  if (!query.wrong().empty()) return api_bad(query.wrong());
  return api_good(list_json("alerts", json_list(page.items, alert_record_json), page.next));
}

// DELETE names the alert in the query, because a DELETE has no body.
WebReply answer_acknowledge(const WebRequest& request, const ApiHooks& hooks) {
  if (request.method != "DELETE")
    return change<AcknowledgeRequest, ApiHooks::Records>(request, hooks, acknowledge_of,
                                                         hooks.acknowledge, records_json);
  if (!hooks.admin) return changes_are_off();
  if (!hooks.withdraw) return nowhere();
  const auto gone = hooks.withdraw({.alert = text::parameter(request.query, "alert").value_or(""),
                                    .target = text::parameter(request.query, "target").value_or(""),
                                    .by = {},
                                    .comment = {}});
  return gone ? api_good(records_json(*gone)) : api_not_found(gone.error());
}

// A change is confirmed when it is stored, so that a crash cannot lose it.
void confirm(const ApiHooks& hooks, WebReply reply, Respond respond) {
  hooks.write([reply = std::move(reply), respond = std::move(respond)](bool kept) mutable {
    if (!kept)
      add_warning(reply.body, "This is in effect, but could not be written: a restart loses it.");
    respond(std::move(reply));
  });
}

Route route(std::string_view path, std::vector<std::string> methods, const Hooks& hooks,
            WebReply (*answer)(const WebRequest&, const ApiHooks&), bool below = false) {
  return {.path = std::string(path),
          .methods = std::move(methods),
          .answer =
              [hooks, answer](const WebRequest& request, Respond respond) {
                WebReply reply = answer(request, *hooks);
                const bool changed = request.method == "POST" || request.method == "DELETE";
                if (!changed || reply.status / 100 != 2 || !hooks->write)
                  return respond(std::move(reply));
                confirm(*hooks, std::move(reply), std::move(respond));
              },
          .below = below};
}

void tell_evidence(const Respond& respond, std::optional<std::string> text) {
  if (text)
    respond({.body = std::move(*text)});
  else
    respond(
        {.status = 404, .body = "This daemon runs no such probe; try /failures/PROBE/TARGET\n"});
}

// Plain text for people, linked in alerts.
Route evidence_route(const Hooks& hooks) {
  auto answer = [hooks](const WebRequest& request, Respond respond) {
    const std::string_view names = std::string_view(request.path).substr(failures_path.size());
    const std::size_t slash = names.find('/');
    if (!hooks->evidence || slash == std::string_view::npos)
      return tell_evidence(respond, std::nullopt);
    hooks->evidence(std::string(names.substr(0, slash)), std::string(names.substr(slash + 1)),
                    [respond = std::move(respond)](std::optional<std::string> text) {
                      tell_evidence(respond, std::move(text));
                    });
  };
  return {.path = std::string(failures_path),
          .methods = {"GET"},
          .answer = answer,
          .at_once_max = 4,
          .below = true};
}

}  // namespace

std::vector<Route> api_routes(ApiHooks given) {
  const auto hooks = std::make_shared<const ApiHooks>(std::move(given));
  std::vector<Route> routes = {
      api_get("/api/v1/alerts", hooks, answer_alerts),
      api_get("/api/v1/alerts/history", hooks, answer_alert_history),
      route("/api/v1/alerts/acknowledge", {"POST", "DELETE"}, hooks, answer_acknowledge),
      api_get("/api/v1/rules", hooks, answer_rules),
      api_get("/api/v1/probes", hooks, answer_probes),
      route("/api/v1/maintenance", {"GET", "POST"}, hooks, answer_maintenance),
      route(maintenance_path, {"GET", "DELETE"}, hooks, answer_window, true),
      route("/api/v1/deploys", {"GET", "POST"}, hooks, answer_deploys),
      evidence_route(hooks)};
  for (auto* const more : {target_routes, incident_routes, status_routes})
    std::ranges::move(more(hooks), std::back_inserter(routes));
  return routes;
}

namespace {

struct Length {
  std::string_view name;
  std::chrono::seconds length;
};
constexpr std::array<Length, 3> lengths = {{{"10m", std::chrono::minutes(10)},
                                            {"1h", std::chrono::hours(1)},
                                            {"24h", std::chrono::hours(24)}}};

std::string rate_name(const Rate& rate) {
  if (rate.of == RateOf::auth) return "auth/" + std::string(name(rate.step));
  return rate.of == RateOf::delivery ? "event/" + rate.event : "success";
}

std::string windows_json(const View& view, const Check& check, const Rate& rate, WallSeconds now) {
  JsonObject object;
  for (const Length& one : lengths) {
    const Tally tally = view.tally(check, rate, one.length, now);
    object.raw(
        one.name,
        JsonObject().number("attempts", tally.attempts).number("failures", tally.failures).done());
  }
  return object.done();
}

std::string failing_json(const FailureGroup& failing) {
  const bool concluded = failing.concluded != Reason::ok;
  JsonObject object;
  object.text("step", name(failing.step)).text("reason", name(failing.reason));
  if (concluded) object.text("concluded", name(failing.concluded));
  if (!failing.run.empty()) object.text("run", failing.run);
  return object.text("detail", failing.detail)
      .text("help", row(concluded ? failing.concluded : failing.reason).help)
      .done();
}

void add_standing(JsonObject& object, const CheckStatus& standing) {
  if (standing.last) object.text("verdict", name(*standing.last));
  if (standing.newest) object.text("newest", name(*standing.newest));
  object.number("consecutive_failures", standing.consecutive_failures);
  object.number("consecutive_passes", standing.consecutive_passes);
  if (standing.last_run) object.text("last_run", as_rfc3339(*standing.last_run));
  if (standing.last_success) object.text("last_success", as_rfc3339(*standing.last_success));
  if (standing.failing_since) object.text("failing_since", as_rfc3339(*standing.failing_since));
  if (standing.failing) object.raw("failing", failing_json(*standing.failing));
  if (standing.inconclusive) object.raw("inconclusive", failing_json(*standing.inconclusive));
  JsonObject certificates;
  for (const auto& [host, not_after] : standing.certificates)
    certificates.text(host, as_rfc3339(WallTime(std::chrono::seconds(not_after))));
  object.raw("certificates", certificates.done());
  JsonObject not_performed;
  for (const auto& [check, why] : standing.not_performed) not_performed.text(check, why);
  object.raw("refusals_not_performed", not_performed.done());
}

}  // namespace

std::string probe_json(const View& view, const Check& check, WallSeconds now) {
  JsonObject object;
  object.text("probe", check.name).text("kind", check.kind).text("target", check.target);
  object.raw("every", as_seconds(check.every)).raw("timeout", as_seconds(check.timeout));
  const CheckStatus standing = view.standing(check);
  object.text("state", name(state_of(check, standing, WallTime(now))));
  add_standing(object, standing);
  JsonObject rates;
  for (const Rate& rate : view.rates(check))
    rates.raw(rate_name(rate), windows_json(view, check, rate, now));
  return object.raw("rates", rates.done()).done();
}

}  // namespace sonde::web
