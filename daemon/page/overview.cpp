#include "daemon/page/overview.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/core/alert_json.hpp"
#include "daemon/core/format.hpp"
#include "daemon/page/chart.hpp"
#include "daemon/page/html.hpp"
#include "daemon/page/monitor_section.hpp"

namespace sonde::page {
namespace {

// With more targets than this, those without a problem are one line each.
constexpr std::size_t roomy_max = 12;
constexpr std::size_t checks_shown = 12;

std::string box_words(const StageFacts& box) {
  std::string text(word(box.mark));
  if (box.mark == Mark::failing)
    text = fmt::format("fails: {}", name(best_cause(box.reason, box.concluded)));
  return text;
}

std::string auth_number(const AuthFacts& auth, const TargetFacts& target) {
  const bool low = target.goal && below(auth.window, target.goal->share);
  const std::string_view tone = auth.window.attempts == 0 ? "none" : low ? "low" : "fine";
  std::string goal;
  if (target.goal)
    goal = fmt::format(", goal {} %", static_cast<double>(target.goal->share) / 10'000);
  return fmt::format(
      "<li><span class=\"what\">{}</span> <b class=\"{}\">{}</b><small>{} in {}{}<br>24h: {} "
      "({})</small></li>",
      auth.step == Step::login ? "Logins" : "Upgrades", tone, percent(auth.window),
      auth.window.attempts == 0 ? "none" : counts(auth.window), length_words(target.auth_window),
      goal, percent(auth.day), auth.day.attempts == 0 ? "none" : counts(auth.day));
}

std::string auth_numbers(const TargetFacts& target) {
  std::string all;
  for (const AuthFacts& auth : target.auth) all += auth_number(auth, target);
  return all.empty() ? "" : "<ul class=\"auth\" aria-label=\"Auth success\">" + all + "</ul>";
}

std::string event_bars(const TargetFacts& target) {
  if (target.events.empty()) return "";
  std::string all = "<table class=\"events\"><caption>Events that arrived, 24h</caption><tbody>";
  for (const EventFacts& event : target.events)
    all += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>",
                       html(event.event), share_bar(event.day), percent(event.day));
  return all + "</tbody></table>";
}

// Why it fails, in words, and the way to the proof.
std::string cause(const TargetFacts& target, const StageFacts& box, WallTime now) {
  std::string text = "<div class=\"cause\"><p>" + cause_words(box.step, box.reason, box.concluded);
  if (box.since)
    text += fmt::format(
        " <span class=\"since\">{} {}, {} in a row{}.</span>", box.failures == 1 ? "At" : "Since",
        html_time(*box.since, now), box.failures,
        box.failing ? ", after other failures since " + html_time(*box.failing, now) : "");
  text += "</p>";
  if (!box.detail.empty()) text += "<p class=\"detail\">" + html(box.detail, 300) + "</p>";
  return text + fmt::format(
                    "<p><a href=\"{}\">Proof: the newest recorded failure</a> · <a href=\"{}\">All "
                    "runs of {}</a></p></div>",
                    proof_path(box.probe, target.name), probe_path(box.probe, target.name),
                    html(box.probe));
}

std::string causes(const TargetFacts& target, WallTime now) {
  std::string all;
  for (const StageFacts& box : target.stages)
    if (box.mark == Mark::failing) all += cause(target, box, now);
  for (const CheckFacts& check : target.checks) {
    if (check.held_back)
      all += fmt::format("<div class=\"cause unclear\"><p><b>{}</b> {}</p></div>",
                         html(check.check->name), held_back_words(check.status, now));
    if (check.held_back || check.mark != Mark::unclear) continue;
    const auto& own = check.status.inconclusive;
    all += fmt::format(
        "<div class=\"cause unclear\"><p><b>{}</b> {}</p></div>", html(check.check->name),
        own ? html(std::string(name(own->reason)) + ": " + std::string(row(own->reason).help))
        : check.status.blind           ? html(std::string(name(Reason::egress_down)) + ": " +
                                              std::string(row(Reason::egress_down).help))
        : fails_left_out(check.status) ? "fails; runs during a maintenance are not counted."
                                       : "has had no run for several intervals.");
  }
  return all;
}

std::string check_links(const TargetFacts& target) {
  std::string all = "<ul class=\"checks\" aria-label=\"Probes\">";
  for (std::size_t i = 0; i < std::min(target.checks.size(), checks_shown); ++i) {
    const CheckFacts& facts = target.checks[i];
    all += fmt::format(
        "<li class=\"{}\"><a href=\"{}\"><span aria-hidden=\"true\">{}</span> {}</a></li>",
        css(facts.mark), probe_path(facts.check->name, target.name), sign(facts.mark),
        html(facts.check->name, 60));
  }
  if (target.checks.size() > checks_shown)
    all += fmt::format("<li>and {} more</li>", target.checks.size() - checks_shown);
  return all + "</ul>";
}

std::string marks(const TargetFacts& target, WallTime now) {
  std::string all;
  for (const std::string& why : target.maintenance)
    all += "<span class=\"chip\">" + html(why, 120) + "</span>";
  if (target.deploy && now - target.deploy->at < std::chrono::hours(24))
    all += fmt::format("<span class=\"chip\">deploy {} {}</span>", html(target.deploy->version, 40),
                       html_time(target.deploy->at, now));
  return all;
}

std::string target_section(const TargetFacts& target, WallTime now, std::size_t index, bool roomy) {
  const Mark mark = target.mark();
  const bool open = roomy || urgency_of(target) > 0;
  std::string text = fmt::format(
      "<section class=\"target {}{}\" id=\"t-{}\" aria-labelledby=\"h-{}\"><h2 "
      "id=\"h-{}\">{}</h2>{}",
      css(mark), open ? "" : " small", index, index, index, html(target.name, 80),
      marks(target, now));
  text += path_boxes(target, true);
  if (open) text += "<div class=\"facts\">" + auth_numbers(target) + event_bars(target) + "</div>";
  text += "<div class=\"history\">" + day_strip(target.days, now) + "<small>90 days</small></div>";
  if (open) {
    text += causes(target, now);
    text += alert_list(target.alerts, "Firing alerts", now, true);
    text += check_links(target);
  }
  return text + "</section>\n";
}

std::string filter_form(std::string_view filter) {
  return fmt::format(
      "<form class=\"filter\" role=\"search\" action=\"/\"><label for=\"q\">Filter</label> <input "
      "id=\"q\" name=\"q\" type=\"search\" value=\"{}\" placeholder=\"target, probe or kind\"> "
      "<button>Show</button></form>",
      html(filter, 100));
}

std::string top(const OverviewFacts& facts, const Headline& headline) {
  std::string text = fmt::format(
      "<section class=\"top {}\" aria-label=\"Now\"><h1><span class=\"sign\" "
      "aria-hidden=\"true\">{}</span><span>{}</span></h1>",
      css(headline.tone), sign(headline.tone), html(headline.text));
  if (!headline.also.empty()) text += "<p>" + html(headline.also) + "</p>";
  text += "<p class=\"when\">";
  text += headline.checked ? "Last checked " + html_second(*headline.checked, facts.now) + ", " +
                                 html_ago(*headline.checked, facts.now)
                           : "Not checked yet";
  text += ", from " + html(facts.location, 80);
  if (!facts.shard.is_whole()) text += ", " + shard_words(facts.shard);
  return text + ".</p></section>\n";
}

}  // namespace

std::string path_boxes(const TargetFacts& target, bool linked) {
  std::string all = "<ol class=\"path\" aria-label=\"Path of a user\">";
  for (const StageFacts& box : target.stages) {
    if (box.mark == Mark::absent) continue;
    const std::string inside = fmt::format(
        "<span class=\"sign\" aria-hidden=\"true\">{}</span><b>{}</b><span>{}</span>",
        sign(box.mark), name(box.stage), linked ? box_words(box) : std::string(word(box.mark)));
    all += fmt::format("<li class=\"{}\">", css(box.mark));
    all += linked && !box.probe.empty() ? fmt::format("<a href=\"{}\">{}</a></li>",
                                                      probe_path(box.probe, target.name), inside)
                                        : "<span class=\"box\">" + inside + "</span></li>";
  }
  return all + "</ol>";
}

namespace {

std::string alert_item(const AlertFacts& alert, WallTime now, bool linked) {
  const std::string& summary = value_of(alert.annotations, "summary");
  std::string text = fmt::format(
      "<li class=\"alert {}\"><b>{}</b> <span class=\"severity\">{}</span> {} <span "
      "class=\"since\">since {}</span>",
      html(value_of(alert.labels, "severity")), html(value_of(alert.labels, "alertname")),
      html(value_of(alert.labels, "severity")), html(summary.empty() ? alert.value : summary),
      html_time(alert.active_at, now));
  if (alert.cleared)
    text += " <span class=\"chip\">ends soon: holds no more since " +
            html_time(*alert.cleared, now) + "</span>";
  if (!alert.held_by.empty())
    text += " <span class=\"chip\">not sent: " + html(alert.held_by, 200) + "</span>";
  if (!alert.acknowledged.empty())
    text += " <span class=\"chip\">acknowledged " + html(alert.acknowledged, 200) + "</span>";
  const std::string& runbook = value_of(alert.annotations, "runbook_url");
  if (runbook.starts_with("https://") || runbook.starts_with("http://"))
    text += fmt::format(" <a href=\"{}\" rel=\"noreferrer\">runbook</a>", html(runbook, 2000));
  const std::string& probe = value_of(alert.labels, "probe");
  const std::string& target = value_of(alert.labels, "target");
  if (linked && !probe.empty() && !target.empty())
    text += fmt::format(" <a href=\"{}\">{}</a>", probe_path(probe, target), html(probe, 80));
  return text + "</li>";
}

}  // namespace

std::string alert_list(std::span<const AlertFacts> alerts, std::string_view label, WallTime now,
                       bool linked) {
  if (alerts.empty()) return "";
  std::string all = fmt::format("<ul class=\"alerts\" aria-label=\"{}\">", label);
  for (const AlertFacts& alert : alerts) all += alert_item(alert, now, linked);
  return all + "</ul>\n";
}

std::string overview_page(const OverviewFacts& facts, const Headline& headline,
                          std::string_view filter) {
  std::string body = top(facts, headline) + filter_form(filter);
  body += alert_list(facts.own, "Alerts about Sonde itself", facts.now, true);
  if (facts.targets.empty())
    body += filter.empty() ? "<p class=\"none\">No target is configured.</p>"
                           : "<p class=\"none\">No target or probe has this in its name. <a "
                             "href=\"/\">Show all</a></p>";
  for (std::size_t i = 0; i < facts.targets.size(); ++i)
    body += target_section(facts.targets[i], facts.now, i, facts.targets.size() <= roomy_max);
  body += monitor_section(facts);
  return document({.now = facts.now,
                   .title = "Sonde: " + headline.text,
                   .tone = headline.tone,
                   .here = "/",
                   .version = facts.version,
                   .crumbs = {},
                   .live = true},
                  body);
}

}  // namespace sonde::page
