#include "daemon/page/incidents_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "daemon/core/alert_json.hpp"
#include "daemon/core/format.hpp"
#include "daemon/core/incidents.hpp"
#include "daemon/page/html.hpp"
#include "probes/text/encode.hpp"

namespace sonde::page {
namespace {

std::string length(std::chrono::seconds span) {
  const auto count = span.count();
  if (count < 60) return fmt::format("{} s", std::max<std::int64_t>(count, 0));
  if (count < 3600) return fmt::format("{} min", count / 60);
  if (count < 48 * 3600) return fmt::format("{} h {} min", count / 3600, count / 60 % 60);
  return fmt::format("{} d", count / 86400);
}

std::string target_of(const AlertRecord& record) {
  const std::string target = value_of(record.labels, "target");
  return target.empty() ? "Sonde itself" : target;
}

// A line for each target: the last seven days, shaded where an alert fired.
std::string timeline(const IncidentsView& view) {
  constexpr std::chrono::hours shown{7 * 24};
  std::map<std::string, std::string> lanes;
  const double span = std::chrono::duration<double>(shown).count();
  const WallTime from = view.now - shown;
  for (const AlertRecord& record : view.records) {
    const WallTime ended = record.ended.value_or(view.now);
    if (ended < from) continue;
    const auto x = [&](WallTime at) {
      return 1000 * std::clamp(std::chrono::duration<double>(at - from).count() / span, 0.0, 1.0);
    };
    const double left = std::min(x(record.starts), 997.0);
    lanes[target_of(record)] +=
        fmt::format("<rect class=\"{}\" x=\"{:.1f}\" width=\"{:.1f}\" height=\"14\"/>",
                    value_of(record.labels, "severity") == "critical" ? "bad" : "some", left,
                    std::max(x(ended) - left, 3.0));
  }
  if (lanes.empty()) return "";
  std::string rows;
  for (const auto& [target, bars] : lanes)
    rows += fmt::format(
        "<tr><th scope=\"row\">{}</th><td><svg class=\"wf\" viewBox=\"0 0 1000 14\" "
        "preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"none\" width=\"1000\" "
        "height=\"14\"/>{}</svg></td></tr>",
        html(target, 80), bars);
  return "<section><h2>Last seven days</h2><table class=\"list timeline\"><tbody>" + rows +
         "</tbody></table></section>\n";
}

std::string notified(const AlertRecord& record, WallTime now) {
  std::string all = record.notifications.empty() ? "<li>nobody was notified</li>" : "";
  for (const AlertRecord::Notification& sent : record.notifications)
    all += fmt::format(
        "<li>{} was sent the {} at {}{}</li>", html(sent.receiver, 80),
        sent.firing ? "alert" : "end", html_time(sent.first, now),
        sent.count > 1 ? fmt::format(", {} times until {}", sent.count, html_time(sent.last, now))
                       : "");
  for (const AlertRecord::Undelivered& one : record.undelivered)
    all += fmt::format("<li>{} had not taken the {} by {}</li>", html(one.receiver, 80),
                       one.firing ? "alert" : "end", html_time(one.at, now));
  return all;
}

std::string alert_of(const AlertRecord& record, WallTime now) {
  const WallTime ended = record.ended.value_or(now);
  const std::string target = value_of(record.labels, "target"),
                    probe = value_of(record.labels, "probe");
  std::string text = fmt::format(
      "<div class=\"alert\"><h3>{} {}</h3><p>{}</p><p class=\"when\">{} · {} {} · lasted {}",
      badge(record.ended ? Mark::passing : Mark::failing, record.ended ? "ended" : "firing"),
      html(value_of(record.labels, "alertname"), 80), html(record.summary, 1000),
      html(value_of(record.labels, "severity")), html_time(record.starts, now),
      record.ended ? "to " + html_time(ended, now) : "until now",
      length(std::chrono::floor<std::chrono::seconds>(ended - record.starts)));
  if (!probe.empty() && !target.empty())
    text += fmt::format(" · <a href=\"{}\">{}</a>", probe_path(probe, target), html(probe, 80));
  text += "</p><ul class=\"plain\">" + notified(record, now);
  if (record.acknowledged)
    text += fmt::format(
        "<li>acknowledged by {} at {}{}</li>", html(record.acknowledged->by, 80),
        html_time(record.acknowledged->at, now),
        record.acknowledged->comment.empty() ? "" : ": " + html(record.acknowledged->comment, 300));
  return text + "</ul></div>";
}

std::string incident(const IncidentRecord& record, WallTime now) {
  const WallTime ended = record.ended.value_or(now);
  std::string text = fmt::format(
      "<section id=\"{}\" class=\"{}\"><h2>{}</h2><p class=\"when\">{} {} · lasted {} · {}",
      html(record.id), record.ended ? "past" : "top failing",
      html(record.target.empty() ? "Sonde itself" : record.target, 80),
      html_time(record.starts, now), record.ended ? "to " + html_time(ended, now) : "until now",
      length(std::chrono::floor<std::chrono::seconds>(ended - record.starts)),
      record.alerts.size() == 1 ? "one alert" : fmt::format("{} alerts", record.alerts.size()));
  if (!record.target.empty())
    text +=
        fmt::format(" · <a href=\"/feeds/{}.atom\">feed</a>", text::percent_encode(record.target));
  text += "</p>";
  for (const AlertRecord& alert : record.alerts) text += alert_of(alert, now);
  return text + "</section>\n";
}

}  // namespace

std::string incidents_page(const IncidentsView& view) {
  const auto firing =
      std::ranges::count_if(view.records, [](const AlertRecord& record) { return !record.ended; });
  std::string headline = view.records.empty() ? "No alert has fired"
                         : firing == 0        ? "No alert fires now"
                         : firing == 1        ? "One alert fires"
                                              : fmt::format("{} alerts fire", firing);
  const Mark tone = firing > 0 ? Mark::failing : Mark::passing;
  std::string body = fmt::format(
      "<section class=\"top {}\"><h1><span class=\"sign\" "
      "aria-hidden=\"true\">{}</span><span>{}{}.</span></h1><p class=\"when\">What fired in the "
      "last 90 days, newest first.</p></section>\n",
      css(tone), sign(tone), headline, view.target.empty() ? "" : " on " + html(view.target, 80));
  body += timeline(view);
  for (const IncidentRecord& record : incidents_of(view.records))
    body += incident(record, view.now);
  return document({.now = view.now,
                   .title = "Incidents: " + headline,
                   .tone = tone,
                   .here = "/incidents",
                   .version = view.version,
                   .crumbs = {},
                   .live = true},
                  body);
}

}  // namespace sonde::page
