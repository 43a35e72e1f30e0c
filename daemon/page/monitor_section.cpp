#include "daemon/page/monitor_section.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/core/format.hpp"
#include "daemon/page/html.hpp"

namespace sonde::page {
namespace {

constexpr std::size_t listed_max = 8;

std::size_t stale_checks(const OverviewFacts& facts) {
  std::size_t stale = 0;
  for (const TargetFacts& target : facts.targets)
    stale += static_cast<std::size_t>(std::ranges::count(target.checks, true, &CheckFacts::stale));
  return stale;
}

std::string fact(std::string_view term, const std::string& value) {
  return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", term, value);
}

std::string without_line_end(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

std::string store_words(const StoreFacts& store) {
  if (!store.enabled) return "none: windows and alerts are lost at a restart";
  if (store.degraded) return "loses rows: " + html(store.why, 200);
  const auto db = store.size_bytes.find("db");
  return db == store.size_bytes.end() ? "works" : "works, " + as_bytes(db->second);
}

std::string history_words(const MonitorFacts& monitor) {
  if (monitor.restored == 0) return "none at the start: rates and alerts began then";
  return fmt::format("restored for {} of {} probes", monitor.restored, monitor.probes_at_start);
}

std::string selector(const MaintenanceWindow& window) {
  std::string all;
  for (const auto* list : {&window.probe, &window.kind, &window.target})
    for (const std::string& value : *list) all += (all.empty() ? "" : ", ") + value;
  return all.empty() ? "everything" : all;
}

std::string maintenance_list(const OverviewFacts& facts) {
  if (facts.maintenance.empty()) return "";
  std::string all = "<h3>Maintenance</h3><ul class=\"plain\">";
  for (std::size_t i = 0; i < std::min(facts.maintenance.size(), listed_max); ++i) {
    const MaintenanceWindow& window = facts.maintenance[i];
    all += fmt::format("<li>{} <b>{}</b> {} to {} {}</li>",
                       window.active ? "<span class=\"chip\">now</span>" : "planned:",
                       html(selector(window), 120), html_time(window.from, facts.now),
                       html_time(window.to, facts.now), html(window.reason, 120));
  }
  return all + "</ul>";
}

std::string deploy_list(const OverviewFacts& facts) {
  if (facts.deploys.empty()) return "";
  std::string all = "<h3>Deploys</h3><ul class=\"plain\">";
  for (std::size_t i = 0; i < std::min(facts.deploys.size(), listed_max); ++i) {
    const DeployMarker& deploy = facts.deploys[i];
    all += fmt::format("<li>{} <b>{}</b> on {}{}</li>", html_time(deploy.at, facts.now),
                       html(deploy.version, 60),
                       deploy.target.empty() ? "all targets" : html(deploy.target, 60),
                       deploy.by.empty() ? "" : " by " + html(deploy.by, 60));
  }
  return all + "</ul>";
}

}  // namespace

std::vector<std::string> monitor_problems(const OverviewFacts& facts) {
  const MonitorFacts& monitor = facts.monitor;
  std::vector<std::string> all;
  if (!monitor.reload_error.empty())
    all.push_back("The last reload was refused, so the earlier configuration is in use: " +
                  without_line_end(monitor.reload_error));
  if (monitor.egress_up == false)
    all.emplace_back("No egress reference answers: Sonde's own network is down.");
  if (!monitor.on_time) all.emplace_back("Probes start more than five seconds late.");
  if (monitor.store.degraded) all.push_back("The store loses rows: " + monitor.store.why);
  for (const std::string& receiver : monitor.undelivered)
    all.push_back("Receiver " + receiver + " has not taken an alert for minutes.");
  if (const std::size_t stale = stale_checks(facts); stale > 0)
    all.push_back(fmt::format("{} had no run for several intervals.",
                              stale == 1 ? "One probe has" : fmt::format("{} probes have", stale)));
  return all;
}

std::string monitor_section(const OverviewFacts& facts) {
  const MonitorFacts& monitor = facts.monitor;
  std::string text =
      "<section class=\"monitor\" aria-labelledby=\"h-monitor\"><h2 id=\"h-monitor\">Sonde "
      "itself</h2>";
  for (const std::string& problem : monitor_problems(facts))
    text += "<p class=\"problem\">" + badge(Mark::failing, "problem") + " " + html(problem, 1000) +
            "</p>";
  text += "<dl>";
  const bool young = facts.now - monitor.started < std::chrono::hours(1);
  const std::string span = young ? "since the start" : "last hour";
  text += fact("Runs, " + span, fmt::format("{}, of which {} inconclusive; {} skipped",
                                            monitor.runs, monitor.inconclusive, monitor.skipped));
  text += fact("Latest start, " + span, as_duration(monitor.lateness) + " behind schedule");
  text += fact("Own network", !monitor.egress_up   ? "no references configured"
                              : *monitor.egress_up ? "works"
                                                   : "down");
  text += fact("Configuration", "loaded " + html_time(monitor.loaded, facts.now));
  text += fact("Store", store_words(monitor.store));
  text += fact("Running since", html_time(monitor.started, facts.now));
  text += fact("History", history_words(monitor));
  return text + "</dl>" + maintenance_list(facts) + deploy_list(facts) + "</section>\n";
}

}  // namespace sonde::page
