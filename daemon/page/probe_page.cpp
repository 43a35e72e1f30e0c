#include "daemon/page/probe_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "daemon/core/change.hpp"
#include "daemon/core/format.hpp"
#include "daemon/page/html.hpp"
#include "daemon/page/overview.hpp"
#include "probes/core/reason.hpp"
#include "probes/text/encode.hpp"

namespace sonde::page {
namespace {

struct Range {
  std::string_view name;
  std::chrono::hours length;
};
constexpr Range ranges[] = {{"6h", std::chrono::hours(6)},
                            {"24h", std::chrono::hours(24)},
                            {"7d", std::chrono::hours(168)}};

std::string_view range_name(std::chrono::hours length) {
  for (const Range& range : ranges)
    if (range.length == length) return range.name;
  return ranges[0].name;
}

std::string head_section(const ProbeView& view) {
  const Check& check = *view.facts.check;
  const CheckStatus& status = view.facts.status;
  std::string text = fmt::format(
      "<section class=\"top {}\"><div class=\"head\"><h1>{} {}</h1>{}</div>", css(view.facts.mark),
      badge(view.facts.mark, word(view.facts.mark)), html(check.name + " on " + check.target, 160),
      view.admin ? run_now_form(check) : "");
  if (view.facts.mark == Mark::failing) {
    const FailureGroup& failing = *status.failing;
    text += "<p>" + cause_words(failing.step, failing.reason, failing.concluded);
    if (status.failing_since) {
      const WallTime since = std::max(*status.failing_since, failing.first);
      text += fmt::format(" Since {}, {} in a row", html_time(since, view.now), failing.count);
      text += since == *status.failing_since
                  ? "."
                  : fmt::format(", after other failures since {}, {} in all.",
                                html_time(*status.failing_since, view.now),
                                status.consecutive_failures);
    }
    text += "</p><p class=\"detail\">" + html(failing.detail, 1000) + "</p>";
  } else if (status.inconclusive) {
    text += fmt::format("<p><b>{}</b> {}</p>", name(status.inconclusive->reason),
                        html(row(status.inconclusive->reason).help));
  } else if (status.passing_since) {
    text += "<p>Passing since " + html_time(*status.passing_since, view.now) + ".</p>";
  }
  text += alert_list(view.firing, "Firing alerts", view.now, false);
  if (view.facts.held_back) text += "<p>The probe " + held_back_words(status, view.now) + "</p>";
  text += fmt::format("<p class=\"when\">{} probe, every {}, timeout {}. {}</p>", html(check.kind),
                      as_duration(check.every), as_duration(check.timeout),
                      status.last_run ? "Last run " + html_second(*status.last_run, view.now) +
                                            ", " + html_ago(*status.last_run, view.now) + "."
                                      : "");
  return text + "</section>\n";
}

std::string history_section(const ProbeView& view) {
  std::string text = "<section><h2>History</h2>" + day_strip(view.days, view.now) +
                     fmt::format("<small>90 days · last 24 hours: {} ({})</small>",
                                 percent(view.facts.day), counts(view.facts.day));
  if (!view.chart.empty()) text += "<h3>Newest runs</h3>" + run_strip(view.chart);
  return text + "</section>\n";
}

std::string chart_section(const ProbeView& view) {
  ProbeQuery other = view.query;
  other.before = 0;
  std::string tabs = "<nav class=\"tabs\" aria-label=\"Time range\">";
  for (const Range& range : ranges) {
    other.range = range.length;
    tabs +=
        fmt::format("<a href=\"?{}\"{}>{}</a>", html(other.text(), 400),
                    range.length == view.query.range ? " aria-current=\"true\"" : "", range.name);
  }
  std::vector<Shade> shades;
  shades.reserve(view.alerts.size());
  for (const AlertRecord& alert : view.alerts)
    shades.push_back({alert.starts, alert.ended.value_or(view.now)});
  const std::string chart =
      view.store_error.empty()
          ? latency_chart(view.chart, shades, view.now - view.query.range, view.now)
          : "<p class=\"none\">" + html(view.store_error) + "</p>";
  return "<section><h2>Duration by phase</h2>" + tabs + "</nav>" + chart + "</section>\n";
}

std::string failure_section(const ProbeView& view) {
  if (view.failures.groups.empty()) return "";
  std::string rows;
  for (const FailureGroup& group : view.failures.groups) {
    const Reason shown = best_cause(group.reason, group.concluded);
    rows += fmt::format(
        "<tr><th scope=\"row\"><a "
        "href=\"?outcome=fail&amp;reason={}/{}\">{}/{}</a></th><td>{}</td><td>{} to "
        "{}</td><td>{}</td></tr>",
        name(group.step), name(group.reason), name(group.step), name(shown), group.count,
        html_time(group.first, view.now), html_time(group.last, view.now), html(row(shown).help));
  }
  return "<section><h2>Failures by reason, last 24 hours</h2><table class=\"list "
         "stack\"><thead><tr><th scope=\"col\">Reason</th><th scope=\"col\">Runs</th><th "
         "scope=\"col\">When</th><th scope=\"col\">What it means</th></tr></thead><tbody>" +
         rows + "</tbody></table></section>\n";
}

std::string filter_form(const ProbeView& view) {
  const ProbeQuery& query = view.query;
  std::string options = "<option value=\"\">all verdicts</option>";
  for (const std::string_view outcome : {"pass", "fail", "inconclusive"})
    options +=
        fmt::format("<option{}>{}</option>", query.outcome == outcome ? " selected" : "", outcome);
  return fmt::format(
      "<form class=\"filter\"><input type=\"hidden\" name=\"range\" value=\"{}\"><label "
      "for=\"o\">Verdict</label> <select id=\"o\" name=\"outcome\">{}</select> <label "
      "for=\"r\">Reason</label> <input id=\"r\" name=\"reason\" value=\"{}\" size=\"16\"> "
      "<button>Show</button></form>",
      range_name(query.range), options, html(query.reason, 60));
}

std::string list_section(const ProbeView& view) {
  std::string text = "<section id=\"runs\"><h2>Runs</h2>";
  if (!view.store_error.empty())
    return text + "<p class=\"none\">" + html(view.store_error) + "</p></section>\n";
  text += filter_form(view);
  if (view.list.empty()) return text + "<p class=\"none\">No such run is recorded.</p></section>\n";
  text +=
      "<table class=\"list stack\"><thead><tr><th scope=\"col\">Ended</th><th "
      "scope=\"col\">Verdict</th><th scope=\"col\">Took</th><th scope=\"col\">Cause</th><th "
      "scope=\"col\">Proof</th></tr></thead><tbody>";
  for (const RunRow& run : view.list) text += run_row(run, view.now);
  text += "</tbody></table>";
  if (view.list.size() >= view.page_size) {
    ProbeQuery older = view.query;
    older.before = view.list.back().row;
    text += "<p><a href=\"?" + html(older.text(), 400) + "#runs\">Older runs</a></p>";
  }
  return text + "</section>\n";
}

}  // namespace

namespace {

struct ListedCause {
  std::optional<Step> step;
  std::optional<Reason> reason;
};

// "stalled", or "events/stalled" as the page prints it.
std::optional<ListedCause> cause_named(std::string_view text) {
  const std::size_t slash = text.find('/');
  ListedCause cause{.step = {},
                    .reason = reason_named(text.substr(slash == text.npos ? 0 : slash + 1))};
  if (slash != text.npos) cause.step = step_named(text.substr(0, slash));
  if (!cause.reason || (slash != text.npos && !cause.step)) return std::nullopt;
  return cause;
}

// A copied text often has some around it.
std::string without_spaces(std::string text) {
  std::erase(text, ' ');
  return text;
}

std::unexpected<std::string> not_allowed(std::string_view key, std::string_view value,
                                         std::string_view allowed) {
  return std::unexpected(fmt::format("{}: \"{:.100}\" is not {}.", key, value, allowed));
}

}  // namespace

std::expected<ProbeQuery, std::string> ProbeQuery::read(std::string_view query) {
  ProbeQuery made;
  const text::Parameters given = text::read_parameters(query);
  const auto value = [&](std::string_view name) {
    const auto known = given.find(name);
    return known == given.end() ? std::string() : without_spaces(known->second);
  };
  const std::string range = value("range"), before = value("before");
  const auto known = std::ranges::find(ranges, range, &Range::name);
  if (known != std::end(ranges)) made.range = known->length;
  if (known == std::end(ranges) && !range.empty())
    return not_allowed("range", range, "6h, 24h or 7d");
  made.outcome = value("outcome");
  if (!made.outcome.empty() && !outcome_named(made.outcome))
    return not_allowed("outcome", made.outcome, "pass, fail, inconclusive or skipped");
  made.reason = value("reason");
  if (!made.reason.empty() && !cause_named(made.reason))
    return not_allowed("reason", made.reason,
                       "a reason, such as stalled, or a step and a reason, such as events/stalled; "
                       "the command `sonde schema --reasons` lists them");
  const char* end = before.data() + before.size();
  const auto read = std::from_chars(before.data(), end, made.before);
  if (!before.empty() && (read.ec != std::errc() || read.ptr != end || made.before < 0))
    return not_allowed("before", before, "the number of a run, as in the link to older runs");
  return made;
}

std::string ProbeQuery::text() const {
  std::string all = "range=" + std::string(range_name(range));
  if (!outcome.empty()) all += "&outcome=" + outcome;
  if (!reason.empty()) all += "&reason=" + reason;
  if (before > 0) all += fmt::format("&before={}", before);
  return all;
}

RunQuery ProbeQuery::list(const Check& check) const {
  RunQuery asked{.check = key_of(check), .before = before};
  if (!outcome.empty()) asked.outcome = outcome_named(outcome);
  if (const auto cause = cause_named(reason)) {
    asked.step = cause->step;
    asked.reason = cause->reason;
  }
  return asked;
}

std::string run_row(const RunRow& run, WallTime now) {
  const Verdict& verdict = run.verdict;
  const bool passed = verdict.outcome == Outcome::pass;
  std::string cause;
  if (!passed) {
    cause = "<b>" + html(show_cause(verdict.step, verdict.reason, verdict.concluded)) + "</b>";
    if (!verdict.detail.empty()) cause += " " + html(verdict.detail, 200);
  }
  if (run.attempt > 1) cause += fmt::format(" <span class=\"chip\">attempt {}</span>", run.attempt);
  if (run.excluded) cause += " <span class=\"chip\">maintenance</span>";
  const bool linked = run.recorded && !run.id.empty();
  return fmt::format(
      "<tr><td class=\"fix\">{}</td><td class=\"fix\">{}</td><td "
      "class=\"fix\">{}</td><td>{}</td><td "
      "class=\"fix\">{}</td></tr>",
      html_second(run.ended, now), badge(mark_of(verdict.outcome), name(verdict.outcome)),
      as_duration(run.took), cause,
      linked ? fmt::format("<a href=\"{}\">transcript</a>", run_path(run.id)) : "");
}

std::string probe_page(const ProbeView& view) {
  const Check& check = *view.facts.check;
  const std::string body = head_section(view) + history_section(view) + chart_section(view) +
                           failure_section(view) + list_section(view);
  return document({.now = view.now,
                   .title = check.name + " on " + check.target,
                   .tone = view.facts.mark,
                   .here = {},
                   .version = view.version,
                   .crumbs = "<a href=\"/\">Overview</a> › " + html(check.target, 80) + " › " +
                             html(check.name, 80),
                   .live = view.query.before == 0},
                  body);
}

}  // namespace sonde::page
