#include "daemon/page/run_page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/core/format.hpp"
#include "daemon/page/html.hpp"
#include "daemon/page/run_sections.hpp"
#include "probes/core/reason.hpp"
#include "probes/text/encode.hpp"

namespace sonde::page {
namespace {

std::string pair_of(std::string_view term, const std::string& value) {
  return value.empty() ? "" : fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", term, value);
}

std::string cause_of(const Verdict& verdict) {
  if (verdict.reason == Reason::ok) return "";
  std::string text = "<p>" + cause_words(verdict.step, verdict.reason, Reason::ok) + "</p>";
  if (verdict.concluded != Reason::ok)
    text += fmt::format("<p>Experiments found the cause: <b>{}</b> {}</p>", name(verdict.concluded),
                        html(row(verdict.concluded).help));
  if (!verdict.detail.empty()) text += "<p class=\"detail\">" + html(verdict.detail, 2000) + "</p>";
  return text;
}

std::string ending_of(const Ending& ending) {
  std::string text(ending.by == EndedBy::nobody ? "" : name(ending.by));
  if (ending.code > 0) text += fmt::format(" {}", ending.code);
  if (!ending.reason.empty()) text += " " + html(ending.reason, 200);
  return text;
}

std::string answer(std::string_view term, std::optional<bool> value) {
  return value ? pair_of(term, *value ? "yes" : "no") : "";
}

// A run can fail at its events though all of them came.
std::string completeness(const Result& run) {
  if (!run.trace->delivered) return "";
  if (*run.trace->delivered) return "yes";
  switch (run.verdict.reason) {
    case Reason::out_of_order:
      return "all came, but in the wrong order";
    case Reason::duplicate_event:
      return "all came, but some of them twice";
    case Reason::after_terminal:
      return "all came, but some of them after the end";
    case Reason::event_late:
      return "some came late";
    case Reason::foreign_event:
      return "events of another run came";
    case Reason::agent_error:
      return "the agent reported an error";
    default:
      return "no";
  }
}

std::string head_section(const RunView& view) {
  const Result& run = view.result;
  const Check& check = *run.check;
  const Trace& trace = *run.trace;
  const Mark mark = mark_of(run.verdict.outcome);
  std::string text = fmt::format(
      "<section class=\"top {}\"><div class=\"head\"><h1>{} {}</h1>{}</div>", css(mark),
      badge(mark, name(run.verdict.outcome)), html(check.name + " on " + check.target, 160),
      view.admin ? run_now_form(check) : "");
  text += cause_of(run.verdict);
  if (trace.phases().empty())
    text += fmt::format(
        "<p class=\"none\">What this run saw is not kept: of many runs that end in the same way "
        "only "
        "some are. <a href=\"{}\">The newest recorded failure of this probe</a> is.</p>",
        proof_path(check.name, check.target));
  text += "<dl class=\"pairs\">" +
          pair_of("Ended", html_second(view.run.ended, view.now) + ", " +
                               html_ago(view.run.ended, view.now)) +
          pair_of("Took", as_duration(run.took)) + pair_of("Kind", html(check.kind)) +
          pair_of("Attempt", std::to_string(run.attempt)) + pair_of("Peer", html(trace.peer())) +
          answer("Reachable", trace.reachable) + pair_of("Events complete", completeness(run)) +
          answer("Answer right", trace.substantive) +
          pair_of("Connection ended by", ending_of(trace.ending()));
  if (view.run.excluded) text += pair_of("Counted", "no, it began during a maintenance");
  text += pair_of("Run", "<span class=\"mono\">" + html(view.run.id) + "</span>") + "</dl>";
  text += fmt::format("<p><a href=\"/api/v1{}?format=transcript\" download>Download as JSON</a>",
                      run_path(view.run.id));
  if (!view.passed.empty())
    text += fmt::format(" · <a href=\"{}\">Last passing run before it</a>", run_path(view.passed));
  return text + "</p></section>\n";
}

}  // namespace

std::string run_page(const RunView& view) {
  const Result& run = view.result;
  const Check& check = *run.check;
  const std::string body = head_section(view) + event_lane(run, view.events) +
                           waterfall_section(run) + refusal_grid(run) + experiment_section(run) +
                           (view.passed_result ? difference(run, *view.passed_result) : "") +
                           exchange_section(run) + frame_section(run) + tls_section(run);
  return document(
      {.now = view.now,
       .title = check.name + " on " + check.target + ", " + as_utc(view.run.ended),
       .tone = mark_of(run.verdict.outcome),
       .here = {},
       .version = view.version,
       .crumbs = fmt::format("<a href=\"/\">Overview</a> › <a href=\"{}\">{} on {}</a> › run",
                             probe_path(check.name, check.target), html(check.name, 80),
                             html(check.target, 80))},
      body);
}

}  // namespace sonde::page
