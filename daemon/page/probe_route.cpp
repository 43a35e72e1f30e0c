#include "daemon/page/probe_route.hpp"

#include <algorithm>
#include <utility>

#include "daemon/core/alert_json.hpp"
#include "daemon/core/change.hpp"
#include "daemon/page/html.hpp"
#include "daemon/page/probe_page.hpp"
#include "daemon/page/reply.hpp"
#include "probes/text/encode.hpp"

namespace sonde::page {
namespace {

constexpr std::string_view folder = "/probes/", proof_folder = "/proof/";
constexpr std::size_t chart_runs_max = 20'000, incidents_max = 200;

using Hooks = std::shared_ptr<const PageHooks>;

// `path`: "PROBE/TARGET"; without a slash both names are empty.
CheckNames names_in(std::string_view path) {
  const std::size_t slash = path.find('/');
  if (slash == path.npos) return {};
  return {.probe = text::percent_decode(path.substr(0, slash)),
          .kind = {},
          .target = text::percent_decode(path.substr(slash + 1))};
}

std::shared_ptr<const Check> check_at(const View& view, const CheckNames& names) {
  const auto checks = view.checks();
  const auto found = std::ranges::find_if(checks, [&](const auto& check) {
    return check->name == names.probe && check->target == names.target;
  });
  return found == checks.end() ? nullptr : *found;
}

template <class Alert>
bool is_about(const Alert& alert, const Check& check) {
  const std::string& probe = value_of(alert.labels, "probe");
  return value_of(alert.labels, "target") == check.target && (probe.empty() || probe == check.name);
}

std::vector<AlertFacts> firing_of(std::vector<AlertFacts> alerts, const Check& check) {
  std::erase_if(alerts, [&](const AlertFacts& alert) {
    return alert.state != AlertState::firing || !is_about(alert, check);
  });
  return alerts;
}

// Alerts of the probe, and of its whole target.
std::vector<AlertRecord> alerts_of(const PageHooks& hooks, const Check& check) {
  std::vector<AlertRecord> all;
  if (!hooks.incidents) return all;
  all = hooks.incidents({.alert = {}, .target = check.target, .limit = incidents_max});
  std::erase_if(all, [&](const AlertRecord& record) { return !is_about(record, check); });
  return all;
}

ProbeView view_of(const PageHooks& hooks, const std::shared_ptr<const Check>& check,
                  ProbeQuery query) {
  Sources sources = hooks.sources();
  const auto second = std::chrono::floor<std::chrono::seconds>(sources.now.time_since_epoch());
  return {.now = sources.now,
          .version = sources.version,
          .facts = facts_of(*hooks.view, check, sources.now),
          .query = std::move(query),
          .days = hooks.view->days(*check, 90, second),
          .failures = hooks.view->failures(*check, std::chrono::hours(24), second),
          .store_error = hooks.recorded.runs
                             ? ""
                             : "Runs are not recorded: there is no storage.path in the "
                               "configuration.",
          .alerts = alerts_of(hooks, *check),
          .firing = firing_of(std::move(sources.alerts), *check),
          .admin = hooks.admin};
}

using SharedView = std::shared_ptr<ProbeView>;

// Asks for the chart, then for the list.
void fill(const Hooks& hooks, const SharedView& view, std::function<void()> done) {
  const Check& check = *view->facts.check;
  RunQuery chart{.check = key_of(check), .limit = chart_runs_max};
  chart.since = view->now - view->query.range;
  hooks->recorded.runs(std::move(chart),
                       [hooks, view, done = std::move(done)](PageHooks::Runs runs) {
                         if (runs) view->chart = std::move(*runs);
                         if (!runs) view->store_error = runs.error();
                         RunQuery list = view->query.list(*view->facts.check);
                         list.limit = view->page_size;
                         hooks->recorded.runs(std::move(list), [view, done](PageHooks::Runs more) {
                           if (more) view->list = std::move(*more);
                           if (!more) view->store_error = more.error();
                           done();
                         });
                       });
}

web::WebReply no_such_probe(const web::WebRequest& request, const Elsewhere& elsewhere,
                            const CheckNames& names) {
  const bool are_complete = !names.probe.empty() && !names.target.empty();
  const std::string others = elsewhere && are_complete ? elsewhere(names) : "";
  if (!others.empty())
    return error_reply(request, 404, "Another shard runs this probe",
                       "This daemon does not run it; " + others + ".", "");
  return error_reply(request, 404, "There is no such probe",
                     "No probe of this name is configured for this target.", "");
}

// `path`: from the root.
web::WebReply see(const web::WebRequest& request, const std::string& path) {
  return {.status = 303,
          .body = path + "\n",
          .headers = {{"Location", root_from(request.path) + path.substr(1)}}};
}

}  // namespace

web::Route proof_route(const Hooks& hooks) {
  auto answer = [hooks](const web::WebRequest& request, web::Respond respond) {
    const CheckNames names = names_in(std::string_view(request.path).substr(proof_folder.size()));
    const auto check = check_at(*hooks->view, names);
    if (!check) return respond(no_such_probe(request, hooks->recorded.elsewhere, names));
    const std::string probe = probe_path(check->name, check->target);
    if (!hooks->recorded.runs) return respond(see(request, probe));
    const CheckStatus status = hooks->view->standing(*check);
    RunQuery query{.check = key_of(*check), .outcome = Outcome::fail, .recorded = true, .limit = 1};
    query.since = status.failing_since;
    auto newest = [hooks, request, probe, query = std::move(query), respond]() mutable {
      hooks->recorded.runs(std::move(query), [request, probe, respond = std::move(respond)](
                                                 const PageHooks::Runs& runs) {
        const bool found = runs && !runs->empty() && !runs->front().id.empty();
        respond(see(request, found ? run_path(runs->front().id) : probe));
      });
    };
    if (!hooks->recorded.run || !status.failing || status.failing->run.empty()) return newest();
    hooks->recorded.run(status.failing->run, [request, respond, newest = std::move(newest)](
                                                 const PageHooks::Run& read) mutable {
      if (!read || !*read || (*read)->json.empty()) return newest();
      respond(see(request, run_path((*read)->run.id)));
    });
  };
  return recorded_route(proof_folder, answer);
}

web::Route probe_page_route(const Hooks& hooks) {
  auto answer = [hooks](const web::WebRequest& request, web::Respond respond) {
    const CheckNames names = names_in(std::string_view(request.path).substr(folder.size()));
    const auto check = check_at(*hooks->view, names);
    if (!check) return respond(no_such_probe(request, hooks->recorded.elsewhere, names));
    auto query = ProbeQuery::read(request.query);
    if (!query)
      return respond(error_reply(request, 400, "The page cannot show this", query.error(), ""));
    const auto view = std::make_shared<ProbeView>(view_of(*hooks, check, *std::move(query)));
    if (!hooks->recorded.runs) return respond(page_reply(request, probe_page(*view)));
    fill(hooks, view, [request, view, respond = std::move(respond)] {
      respond(page_reply(request, probe_page(*view)));
    });
  };
  return recorded_route(folder, answer);
}

}  // namespace sonde::page
