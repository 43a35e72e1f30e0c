#include "daemon/web/probe_route.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "config/mistake.hpp"
#include "daemon/web/routing.hpp"
#include "probes/text/encode.hpp"
#include "probes/text/printable.hpp"

namespace sonde::web {
namespace {

using Checks = std::span<const std::shared_ptr<const Check>>;

constexpr std::size_t at_once_max = 64;
constexpr std::size_t shown_max = 100;
constexpr double scrape_max = 3600;
constexpr Span offset = std::chrono::milliseconds(500);
constexpr Span answer_max = std::chrono::hours(2);  // a run ends earlier, by its own limit

std::string quoted(std::string_view text) {
  return "'" + text::printable(text, true, shown_max) + "'";
}

// "there is no probe 'logn'; did you mean 'login'?"
std::string unknown(std::string_view thing, std::string_view name,
                    const std::set<std::string_view>& known) {
  const std::vector<std::string_view> names(known.begin(), known.end());
  const std::string_view near = config::nearest(name, names);
  return fmt::format("there is no {} {} in the configuration{}", thing, quoted(name),
                     near.empty() ? "" : fmt::format("; did you mean '{}'?", near));
}

std::string what_is_wrong(Checks checks, std::string_view module, std::string_view target) {
  std::set<std::string_view> names, targets, of_probe;
  for (const auto& check : checks) {
    names.insert(check->name);
    targets.insert(check->target);
    if (check->name == module) of_probe.insert(check->target);
  }
  if (of_probe.empty()) return unknown("probe", module, names);
  if (!targets.contains(target)) return unknown("target", target, targets);
  return fmt::format("probe {} is not made of target {}, but of {}", quoted(module), quoted(target),
                     fmt::join(of_probe, ", "));
}

void respond_report(const Respond& respond, const std::optional<ProbeReport>& report, bool debug) {
  if (!report)
    return respond(plain_reply(503, "The daemon stops, or has too much to do; try again."));
  if (debug)
    return respond(
        {.body = report->trace + "\nMetrics that would have been returned:\n" + report->metrics});
  respond({.type = "text/plain; version=0.0.4; charset=utf-8", .body = report->metrics});
}

}  // namespace

std::expected<std::shared_ptr<const Check>, std::string> probe_of(Checks checks,
                                                                  std::string_view query) {
  const auto module = text::parameter(query, "module"), target = text::parameter(query, "target");
  if (!module || module->empty())
    return std::unexpected("the parameter 'module' is missing: it names a probe");
  if (!target || target->empty())
    return std::unexpected("the parameter 'target' is missing: it names a target");
  const auto found = std::ranges::find_if(checks, [&](const auto& check) {
    return check->name == *module && check->target == *target;
  });
  if (found != checks.end()) return *found;
  return std::unexpected(what_is_wrong(checks, *module, *target));
}

std::expected<Span, std::string> probe_limit(std::string_view header, Span own) {
  if (header.empty()) return own;
  double waits = 0;
  const char* end = header.data() + header.size();
  const auto read = std::from_chars(header.data(), end, waits);
  if (read.ec != std::errc() || read.ptr != end || !(waits > 0) || waits > scrape_max)
    return std::unexpected(fmt::format(
        "the header X-Prometheus-Scrape-Timeout-Seconds is {}; a number of seconds is expected",
        quoted(header)));
  const auto whole = std::chrono::duration_cast<Span>(std::chrono::duration<double>(waits));
  return std::min(own, std::max(whole - offset, whole / 2));
}

Route probe_route(ProbeHooks hooks) {
  auto answer = [hooks = std::move(hooks)](const WebRequest& request, Respond respond) {
    if (!hooks.run) return respond(plain_reply(404, "This daemon runs no probes on request."));
    const auto check = probe_of(hooks.checks(), request.query);
    if (!check) return respond(plain_reply(400, check.error()));
    const auto limit = probe_limit(request.scrape_timeout, (*check)->timeout);
    if (!limit) return respond(plain_reply(400, limit.error()));
    const bool debug = text::parameter(request.query, "debug") == "true";
    hooks.run(*check, Clock::now() + *limit,
              [respond = std::move(respond), debug](const std::optional<ProbeReport>& report) {
                respond_report(respond, report, debug);
              });
  };
  return {.path = "/probe",
          .methods = {"GET"},
          .answer = answer,
          .at_once_max = at_once_max,
          .acts = true,
          .answer_timeout = answer_max};
}

}  // namespace sonde::web
