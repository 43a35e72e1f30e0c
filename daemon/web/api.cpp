#include "daemon/web/api.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <utility>

#include "daemon/core/format.hpp"
#include "daemon/web/api_body.hpp"
#include "daemon/web/api_json.hpp"
#include "daemon/web/json_object.hpp"

namespace sonde::web {
namespace {

using Hooks = std::shared_ptr<const ApiHooks>;

constexpr std::string_view maintenance_path = "/api/v1/maintenance/";
constexpr std::string_view failures_path = "/failures/";

WebReply json(unsigned status, std::string body) {
  return {.status = status, .type = "application/json", .body = std::move(body)};
}
WebReply good(std::string_view data, unsigned status = 200) {
  return json(status, success_json(data));
}
WebReply bad(unsigned status, std::string_view type, std::string_view text) {
  return json(status, error_json(type, text));
}
WebReply nowhere(std::string_view text = "This daemon does not know that.") {
  return bad(404, "not_found", text);
}

WebReply changes_are_off() {
  return bad(403, "forbidden", "Changes by the API are off (--web.enable-admin-api).");
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
  if (!wanted) return bad(400, "bad_data", wanted.error());
  const auto made = make(*wanted);
  return made ? good(show(*made), 201) : bad(400, "bad_data", made.error());
}

WebReply end_maintenance(const ApiHooks& hooks, std::string_view id) {
  if (!hooks.admin) return changes_are_off();
  if (!hooks.end_maintenance) return nowhere();
  const auto windows = hooks.maintenance();
  const auto known = std::ranges::find(windows, id, &MaintenanceWindow::id);
  const auto ended = hooks.end_maintenance(id);
  if (ended) return good("{}");
  return known == windows.end() ? nowhere(ended.error()) : bad(409, "conflict", ended.error());
}

WebReply answer_maintenance(const WebRequest& request, const ApiHooks& hooks) {
  if (!hooks.maintenance) return nowhere();
  if (request.method != "POST") return good(maintenance_json(hooks.maintenance()));
  return change<MaintenanceRequest, MaintenanceWindow>(request, hooks, maintenance_of,
                                                       hooks.maintain, maintenance_json);
}

WebReply answer_window(const WebRequest& request, const ApiHooks& hooks) {
  if (!hooks.maintenance) return nowhere();
  const std::string_view id = std::string_view(request.path).substr(maintenance_path.size());
  if (request.method == "DELETE") return end_maintenance(hooks, id);
  for (const MaintenanceWindow& window : hooks.maintenance())
    if (window.id == id) return good(maintenance_json(window));
  return nowhere("There is no such maintenance window.");
}

WebReply answer_deploys(const WebRequest& request, const ApiHooks& hooks) {
  if (!hooks.deploys) return nowhere();
  if (request.method != "POST") return good(deploys_json(hooks.deploys()));
  return change<DeployRequest, DeployMarker>(request, hooks, deploy_of, hooks.deploy, deploy_json);
}

WebReply answer_alerts(const WebRequest&, const ApiHooks& hooks) {
  return hooks.alerts ? good(alerts_json(hooks.alerts())) : nowhere();
}

WebReply answer_rules(const WebRequest&, const ApiHooks& hooks) {
  if (!hooks.rules || !hooks.alerts) return nowhere();
  return good(rules_json(hooks.rules(), hooks.alerts()));
}

WebReply answer_probes(const WebRequest&, const ApiHooks& hooks) {
  if (!hooks.view) return nowhere();
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return good(probes_json(*hooks.view, std::chrono::floor<std::chrono::seconds>(now)));
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

// A page that is expensive and the same for all clients: simultaneous requests share one answer.
Route page(std::string_view path, const Hooks& hooks,
           WebReply (*answer)(const WebRequest&, const ApiHooks&)) {
  Route made = route(path, {"GET"}, hooks, answer);
  made.shared = true;
  return made;
}

void tell_evidence(const Respond& respond, std::optional<std::string> text) {
  if (text)
    respond({.body = std::move(*text)});
  else
    respond({.status = 404, .body = "There is no such probe; try /failures/PROBE/TARGET\n"});
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
  return {page("/api/v1/alerts", hooks, answer_alerts),
          page("/api/v1/rules", hooks, answer_rules),
          page("/api/v1/probes", hooks, answer_probes),
          route("/api/v1/maintenance", {"GET", "POST"}, hooks, answer_maintenance),
          route(maintenance_path, {"GET", "DELETE"}, hooks, answer_window, true),
          route("/api/v1/deploys", {"GET", "POST"}, hooks, answer_deploys),
          evidence_route(hooks)};
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

std::string probe_json(const View& view, const Check& check, WallSeconds now) {
  JsonObject object;
  object.text("probe", check.name).text("kind", check.kind).text("target", check.target);
  object.raw("every", as_seconds(check.every)).raw("timeout", as_seconds(check.timeout));
  add_standing(object, view.standing(check));
  JsonObject rates;
  for (const Rate& rate : view.rates(check))
    rates.raw(rate_name(rate), windows_json(view, check, rate, now));
  return object.raw("rates", rates.done()).done();
}

}  // namespace

std::string probes_json(const View& view, WallSeconds now) {
  std::string all;
  for (const auto& check : view.checks())
    all += (all.empty() ? "" : ",") + probe_json(view, *check, now);
  return JsonObject().raw("probes", "[" + all + "]").done();
}

}  // namespace sonde::web
