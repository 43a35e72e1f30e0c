#include "daemon/web/run_routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "config/mistake.hpp"
#include "daemon/core/change.hpp"
#include "daemon/core/format.hpp"
#include "daemon/core/recorded_run.hpp"
#include "daemon/report/har.hpp"
#include "daemon/web/api_query.hpp"
#include "daemon/web/api_reply.hpp"
#include "daemon/web/json_object.hpp"
#include "probes/core/run_id.hpp"
#include "probes/net/version.hpp"
#include "probes/text/encode.hpp"
#include "probes/text/printable.hpp"
#include "probes/text/time.hpp"

namespace sonde::web {
namespace {

using Checks = std::span<const std::shared_ptr<const Check>>;
using SharedRunHooks = std::shared_ptr<const RunHooks>;

constexpr std::string_view of_probe_path = "/api/v1/probes/", runs_path = "/api/v1/runs",
                           run_path = "/api/v1/runs/", runs_end = "/runs";
constexpr std::size_t limit_max = 500, targets_max = 64, runs_at_once_max = 32;

// The store cannot answer now, or there is none.
WebReply unavailable(std::string_view why) { return api_error(503, "unavailable", why); }
constexpr std::string_view not_recorded =
    "Runs are not recorded: there is no storage.path in the configuration.";

std::string printable(std::string_view text) { return text::printable(text, true, 100); }

// What a query calls the names of checks.
struct Named {
  std::string_view parameter;
  std::string Check::* of_check;
  std::string CheckNames::* asked;
};
constexpr Named by_probe{"probe", &Check::name, &CheckNames::probe};
constexpr Named by_kind{"kind", &Check::kind, &CheckNames::kind};
constexpr Named by_target{"target", &Check::target, &CheckNames::target};

std::string who_runs(const Elsewhere& elsewhere, const CheckNames& names) {
  return elsewhere ? elsewhere(names) : "";
}

// "there is no 'logn' in the configuration; did you mean 'login'?"; empty: there is, or none is
// asked for.
std::string missing(const std::string& name, Checks checks, const Named& named,
                    const Elsewhere& elsewhere) {
  std::set<std::string_view> names;
  for (const auto& check : checks) names.insert((*check).*named.of_check);
  if (name.empty() || names.contains(name)) return "";
  CheckNames alone;
  alone.*named.asked = name;
  if (const std::string others = who_runs(elsewhere, alone); !others.empty())
    return fmt::format("this daemon runs no '{}'; {}", printable(name), others);
  const std::vector<std::string_view> all(names.begin(), names.end());
  const std::string_view near = config::nearest(name, all);
  return fmt::format("there is no '{}' in the configuration{}", printable(name),
                     near.empty() ? "" : fmt::format("; did you mean '{}'?", near));
}

// Limits the query to the checks of these names, or adds what is wrong with them.
void narrow(RunQuery& query, Checks checks, const CheckNames& of, const Elsewhere& elsewhere,
            ApiQuery& given) {
  if (of.probe.empty() && of.kind.empty() && of.target.empty()) return;
  for (const Named& named : {by_probe, by_kind, by_target})
    if (const std::string why = missing(of.*named.asked, checks, named, elsewhere); !why.empty())
      return given.mistake(named.parameter, why);
  std::vector<std::string> keys;
  for (const auto& check : checks)
    if (of.are_of(*check)) keys.push_back(key_of(*check));
  if (keys.empty()) {
    const std::string others = who_runs(elsewhere, of);
    return given.mistake(
        "probe", others.empty() ? "none of the configuration has this name, kind and target"
                                : "this daemon runs none of this name, kind and target; " + others);
  }
  if (keys.size() > targets_max)
    return given.mistake("probe",
                         fmt::format("{} match, and at most {} can be listed together; name one",
                                     keys.size(), targets_max));
  query.check = std::move(keys.front());
  query.also.assign(std::make_move_iterator(keys.begin() + 1), std::make_move_iterator(keys.end()));
}

// The names of its check are in key_of.
std::string run_json(const RunRow& run) {
  const Verdict& verdict = run.verdict;
  const std::string_view key = run.check;
  const std::size_t first = key.find('/'), last = key.rfind('/');
  JsonObject object;
  object.text("id", run.id);
  if (first != std::string_view::npos && last > first) {
    object.text("probe", key.substr(first + 1, last - first - 1));
    object.text("kind", key.substr(0, first)).text("target", key.substr(last + 1));
  }
  object.text("verdict", name(verdict.outcome));
  if (verdict.outcome != Outcome::pass) {
    object.text("step", name(verdict.step)).text("reason", name(verdict.reason));
    if (verdict.concluded != Reason::ok) object.text("concluded", name(verdict.concluded));
    object.text("detail", verdict.detail);
  }
  object.text("ended", as_rfc3339(run.ended)).raw("seconds", as_seconds(run.took));
  object.number("attempt", static_cast<std::uint64_t>(run.attempt));
  object.raw("excluded", run.excluded ? "true" : "false");
  object.raw("recorded", run.recorded ? "true" : "false");
  JsonObject phases;
  for (const auto& [phase, took] : run.phases) phases.raw(name(phase), as_seconds(took));
  return object.raw("phases", phases.done()).done();
}

void list_runs(const SharedRunHooks& hooks, std::string_view probe, const WebRequest& request,
               Respond respond) {
  if (!hooks->runs) return respond(unavailable(not_recorded));
  const auto query = run_query(hooks->checks(), probe, request.query, hooks->elsewhere);
  if (!query) return respond(api_bad(query.error()));
  const std::size_t limit = query->limit;
  hooks->runs(*query, [respond = std::move(respond),
                       limit](const std::expected<std::vector<RunRow>, std::string>& rows) {
    if (!rows) return respond(unavailable(rows.error()));
    respond(api_good(runs_json(*rows, limit)));
  });
}

enum class RunFormat : std::uint8_t { answer, transcript, har };

std::optional<RunFormat> format_of(std::string_view query) {
  const auto format = text::parameter(query, "format");
  if (!format || format->empty() || *format == "answer") return RunFormat::answer;
  if (*format == "transcript") return RunFormat::transcript;
  return *format == "har" ? std::optional(RunFormat::har) : std::nullopt;
}

WebReply file(std::string body, std::string name) {
  WebReply reply = api_reply(200, std::move(body));
  reply.headers.emplace_back("Content-Disposition",
                             fmt::format("attachment; filename=\"{}\"", name));
  return reply;
}

WebReply show_run(const RunTranscript& found, RunFormat format) {
  if (format == RunFormat::answer) {
    JsonObject data;
    data.raw("run", run_json(found.run));
    data.raw("transcript", found.json.empty() ? "null" : found.json);
    data.raw("passed", found.passed.empty() ? "null" : text::json_quote(found.passed));
    return api_good(data.done());
  }
  if (found.json.empty())
    return api_not_found(
        "The transcript of this run was not kept; see storage.passed_every and "
        "storage.retention.");
  if (format == RunFormat::transcript)
    return file(found.json + "\n", fmt::format("sonde-{}.json", found.run.id));
  const auto result = result_from_json(found.json);
  if (!result)
    return api_error(500, "internal", "The transcript cannot be read: " + result.error());
  return file(report::as_har(*result, net::version), fmt::format("sonde-{}.har", found.run.id));
}

Route list_route(const SharedRunHooks& hooks) {
  auto answer = [hooks](const WebRequest& request, Respond respond) {
    list_runs(hooks, "", request, std::move(respond));
  };
  return {.path = std::string(runs_path),
          .methods = {"GET"},
          .answer = answer,
          .at_once_max = runs_at_once_max};
}

Route probe_runs_route(const SharedRunHooks& hooks) {
  auto answer = [hooks](const WebRequest& request, Respond respond) {
    std::string_view name = std::string_view(request.path).substr(of_probe_path.size());
    if (!name.ends_with(runs_end) || name == runs_end)
      return respond(api_not_found("There is /api/v1/probes/PROBE/runs."));
    name.remove_suffix(runs_end.size());
    const std::string probe = text::percent_decode(name);
    if (const auto mistake = missing(probe, hooks->checks(), by_probe, hooks->elsewhere);
        !mistake.empty())
      return respond(api_not_found(mistake));
    list_runs(hooks, probe, request, std::move(respond));
  };
  return {.path = std::string(of_probe_path),
          .methods = {"GET"},
          .answer = answer,
          .at_once_max = runs_at_once_max,
          .below = true};
}

Route one_route(const SharedRunHooks& hooks) {
  auto answer = [hooks](const WebRequest& request, Respond respond) {
    const std::string id = request.path.substr(run_path.size());
    const auto format = format_of(request.query);
    if (!hooks->run) return respond(unavailable(not_recorded));
    if (!is_run_id(id)) return respond(api_bad("the id of a run is 32 lowercase hex digits"));
    if (!format) return respond(api_bad("format: answer, transcript or har"));
    hooks->run(id, [respond = std::move(respond), format = *format](
                       const std::expected<std::optional<RunTranscript>, std::string>& found) {
      if (!found) return respond(unavailable(found.error()));
      if (!*found)
        return respond(
            api_not_found("There is no run with this id, or it is older than what is kept."));
      respond(show_run(**found, format));
    });
  };
  return {.path = std::string(run_path),
          .methods = {"GET"},
          .answer = answer,
          .at_once_max = runs_at_once_max,
          .below = true};
}

}  // namespace

std::expected<RunQuery, std::string> run_query(Checks checks, std::string_view probe,
                                               std::string_view query, const Elsewhere& elsewhere) {
  ApiQuery given(query, {"probe", "kind", "target", "verdict", "step", "reason", "since", "until",
                         "recorded", "limit", "after"});
  RunQuery asked;
  std::string name(probe);
  if (probe.empty())
    name = given.text("probe");
  else if (!given.text("probe").empty())
    given.mistake("probe", "the path names it already");
  asked.outcome = given.named("verdict", outcome_named);
  asked.step = given.named("step", step_named);
  asked.reason = given.named("reason", reason_named);
  asked.since = given.time("since");
  asked.until = given.time("until");
  asked.recorded = given.flag("recorded");
  asked.limit = given.limit(50, limit_max);
  asked.before = given.number("after", INT64_MAX).value_or(0);
  const CheckNames names{.probe = name, .kind = given.text("kind"), .target = given.text("target")};
  narrow(asked, checks, names, elsewhere, given);
  if (!given.wrong().empty()) return std::unexpected(given.wrong());
  return asked;
}

std::string runs_json(const std::vector<RunRow>& runs, std::size_t limit) {
  JsonObject data;
  data.raw("runs", json_list(runs, run_json));
  if (runs.size() == limit) data.text("next", std::to_string(runs.back().row));
  return data.done();
}

std::vector<Route> run_routes(RunHooks given) {
  const auto hooks = std::make_shared<const RunHooks>(std::move(given));
  return {list_route(hooks), one_route(hooks), probe_runs_route(hooks)};
}

}  // namespace sonde::web
