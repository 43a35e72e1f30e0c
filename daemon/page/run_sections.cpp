#include "daemon/page/run_sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <ranges>
#include <vector>

#include "daemon/core/format.hpp"
#include "daemon/page/chart.hpp"
#include "daemon/page/html.hpp"
#include "daemon/report/waterfall.hpp"

namespace sonde::page {
namespace {

constexpr std::size_t frames_shown = 200, body_shown = 16 * 1024, url_shown = 500;
constexpr int depth_max = 3;  // classes d0 to d3 of the style sheet

std::string section(std::string_view title, const std::string& inside) {
  return inside.empty() ? "" : fmt::format("<section><h2>{}</h2>{}</section>\n", title, inside);
}

std::string heads(const Headers& headers) {
  std::string text;
  for (const auto& [name, value] : headers)
    text += html(name, 200) + ": " + html(value, 2000) + "\n";
  return text;
}

std::string body_of(std::string_view body, std::uint64_t bytes) {
  if (body.empty()) return bytes > 0 ? fmt::format("({}, not kept)", as_bytes(bytes)) : "";
  return html_lines(body, body_shown);
}

// tabindex: a scrolled box has to be reachable by keyboard.
std::string box(std::string_view title, const std::string& text) {
  return text.empty()
             ? ""
             : fmt::format(
                   "<h4>{}</h4><pre tabindex=\"0\" role=\"group\" aria-label=\"{}\">{}</pre>",
                   title, title, text);
}

std::string exchange_details(const Exchange& exchange, Instant began, bool open) {
  return fmt::format(
      "<details{}><summary>{} <b>{}</b> {} → <b>{}</b>{}{}</summary><div "
      "class=\"heads\"><div>{}{}</div><div>{}{}</div></div></details>",
      open ? " open" : "", as_millis(exchange.at - began), html(exchange.method, 40),
      html(exchange.url, url_shown),
      exchange.status == 0 ? "no answer" : std::to_string(exchange.status),
      exchange.status == 0 ? "" : ", " + as_bytes(exchange.body_bytes),
      exchange.peer.empty() ? "" : ", " + html(exchange.peer),
      box("Request head", heads(exchange.sent)),
      box("Request body", html_lines(exchange.sent_body, body_shown)),
      box("Response head", heads(exchange.received)),
      box("Response body", body_of(exchange.body, exchange.body_bytes)));
}

std::vector<const Exchange*> exchanges_of(const Trace& trace, std::string_view experiment) {
  std::vector<const Exchange*> all;
  for (const Exchange& one : trace.exchanges())
    if (one.experiment == experiment) all.push_back(&one);
  return all;
}

// `suspect`: the last one is open, for it shows why the run failed.
std::string exchange_list(const Trace& trace, std::string_view experiment, bool suspect) {
  const auto exchanges = exchanges_of(trace, experiment);
  std::string all;
  for (const Exchange* one : exchanges)
    all += exchange_details(*one, trace.started(), suspect && one == exchanges.back());
  return all;
}

std::string state_words(std::string_view state) {
  std::string words(state);
  std::ranges::replace(words, '_', ' ');
  return words;
}

struct RefusalWords {
  Mark mark;
  std::string_view words;
};
RefusalWords words_of(RefusalNote::State state) {
  switch (state) {
    case RefusalNote::State::refused:
      return {Mark::passing, "rejected, as it should be"};
    case RefusalNote::State::failed:
      return {Mark::failing, "let in or not rejected cleanly"};
    case RefusalNote::State::unclear:
      return {Mark::unclear, "unclear"};
    case RefusalNote::State::not_performed:
      break;
  }
  return {Mark::waiting, "not performed"};
}

// How long a phase took in this run and in the one that passed; empty: it was not reached.
struct Took {
  std::optional<Span> here, there;
};

std::string phase_difference(const Trace& run, const Trace& passed) {
  std::map<std::string_view, Took> phases;
  for (const auto& [phase, took] : phase_times(passed)) phases[name(phase)].there = took;
  for (const auto& [phase, took] : phase_times(run)) phases[name(phase)].here = took;
  const auto shown = [](std::optional<Span> took) { return took ? as_duration(*took) : "–"; };
  std::string rows;
  for (const auto& [phase, took] : phases) {
    std::string change = took.here ? "new" : "not reached";
    if (took.here && took.there) {
      const double by = seconds(*took.here - *took.there) * 1000;
      change = by > -0.05 && by < 0.05 ? "same" : fmt::format("{:+.1f} ms", by);
    }
    rows += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>",
                        html(phase), shown(took.here), shown(took.there), change);
  }
  return rows;
}

std::string status_difference(const Trace& run, const Trace& passed) {
  const auto now = exchanges_of(run, ""), before = exchanges_of(passed, "");
  std::string items;
  for (std::size_t i = 0; i < std::max(now.size(), before.size()); ++i) {
    const auto show = [](const std::vector<const Exchange*>& of, std::size_t index) {
      if (index >= of.size()) return std::string("not made");
      return html(of[index]->method, 40) + " " + html(of[index]->url, 200) + " → " +
             (of[index]->status == 0 ? "no answer" : std::to_string(of[index]->status));
    };
    const std::string here = show(now, i), there = show(before, i);
    if (here != there)
      items += fmt::format("<li>passing run: {}<br>this run: {}</li>", there, here);
  }
  return items.empty() ? "" : "<ul class=\"plain\">" + items + "</ul>";
}

}  // namespace

std::string waterfall_section(const Result& run) {
  auto phases = report::stretches(*run.trace);
  std::erase_if(phases, [](const report::Stretch& stretch) { return stretch.state.has_value(); });
  if (phases.empty()) return "";
  Span whole = run.took;
  for (const report::Stretch& phase : phases)
    whole = std::max(whole, phase.offset + phase.took.value_or(Span::zero()));
  std::string rows;
  for (const report::Stretch& phase : phases) {
    const Span took = phase.took.value_or(Span::zero());
    rows += fmt::format(
        "<tr><th scope=\"row\" class=\"d{}\">{}</th><td>{}</td><td>at {}</td><td>{}</td></tr>",
        std::min(phase.depth, depth_max), html(phase.label),
        waterfall_bar(phase.offset, took, whole, "phase-" + html(phase.label)),
        as_millis(phase.offset), as_duration(took));
  }
  return section(
      "Phases",
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Phases\"><table "
      "class=\"list waterfall\"><thead><tr><th scope=\"col\">Phase</th><th "
      "scope=\"col\">When</th><th scope=\"col\">Began</th><th "
      "scope=\"col\">Took</th></tr></thead><tbody>" +
          rows + "</tbody></table></div>");
}

namespace {

// Those that arrived, by time; a missing one stands before the first that should follow it.
std::vector<EventNote> in_order(const std::vector<EventNote>& recorded,
                                std::span<const std::string> expected) {
  const auto is_missing = [](const EventNote& event) { return event.state == EventState::missing; };
  std::vector<EventNote> events;
  std::ranges::copy_if(recorded, std::back_inserter(events), std::not_fn(is_missing));
  std::ranges::sort(events, {}, &EventNote::at);
  for (const EventNote& missing : recorded) {
    if (!is_missing(missing)) continue;
    const auto own = std::ranges::find(expected, missing.name);
    const auto follows = [&](const EventNote& event) {
      return own != expected.end() &&
             std::find(own + 1, expected.end(), event.name) != expected.end();
    };
    events.insert(std::ranges::find_if(events, follows), missing);
  }
  return events;
}

}  // namespace

namespace {

bool is_disordered(const Result& run, const EventNote& event) {
  return event.state == EventState::out_of_order || run.verdict.reason == Reason::out_of_order;
}

// A pair in the wrong order leaves both noted as received: the first that came before one that it
// should follow is out of order.
void mark_order(std::vector<EventNote>& events, std::span<const std::string> expected) {
  const auto place = [&](const EventNote& event) {
    return std::ranges::find(expected, event.name) - expected.begin();
  };
  const auto is_marked = [](const EventNote& event) {
    return event.state == EventState::out_of_order;
  };
  if (std::ranges::any_of(events, is_marked)) return;
  for (auto event = events.begin(); event != events.end(); ++event) {
    const bool early = std::any_of(event + 1, events.end(), [&](const EventNote& later) {
      const bool is_first = std::none_of(events.begin(), event, [&](const EventNote& before) {
        return before.name == later.name;
      });
      return is_first && place(later) < place(*event);
    });
    const bool known = place(*event) < std::ssize(expected);
    if (!early || !known || event->state != EventState::received) continue;
    event->state = EventState::out_of_order;
    return;
  }
}

std::string expected_order(const std::vector<EventNote>& events,
                           std::span<const std::string> expected) {
  std::string all;
  for (const std::string& name : expected)
    if (std::ranges::find(events, name, &EventNote::name) != events.end())
      all += (all.empty() ? "" : ", ") + html(name, 80);
  return all.empty() ? "" : "<p class=\"when\">Expected order: " + all + ".</p>";
}

}  // namespace

std::string event_lane(const Result& run, std::span<const std::string> expected) {
  if (run.trace->events().empty()) return "";
  std::vector<EventNote> events = in_order(run.trace->events(), expected);
  const bool disordered = std::ranges::any_of(
      events, [&](const EventNote& event) { return is_disordered(run, event); });
  if (disordered) mark_order(events, expected);
  std::string items;
  for (const EventNote& event : events)
    items +=
        fmt::format("<li class=\"{}\"><b>{}</b><small>{}{}</small></li>", name(event.state),
                    html(event.name, 80), state_words(name(event.state)),
                    event.state == EventState::missing ? "" : ", after " + as_duration(event.at));
  return section("Events", "<ol class=\"lane\">" + items + "</ol>" +
                               (disordered ? expected_order(events, expected) : ""));
}

std::string refusal_grid(const Result& run) {
  if (run.trace->refusals.empty()) return "";
  std::string rows;
  for (const RefusalNote& refusal : run.trace->refusals) {
    const auto [mark, words] = words_of(refusal.state);
    rows +=
        fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>",
                    html(state_words(refusal.check)), badge(mark, words), html(refusal.why, 500));
  }
  return section("Refusal checks",
                 "<table class=\"list\"><thead><tr><th scope=\"col\">Connecting with</th><th "
                 "scope=\"col\">Result</th><th scope=\"col\">Why</th></tr></thead><tbody>" +
                     rows + "</tbody></table>");
}

std::string experiment_section(const Result& run) {
  const Trace& trace = *run.trace;
  if (trace.experiments().empty()) return "";
  std::string text =
      trace.separated.empty() ? "" : "<p><b>" + html(trace.separated, 1000) + "</b></p>";
  text +=
      "<table class=\"list\"><thead><tr><th scope=\"col\">Asked</th><th "
      "scope=\"col\">Answer</th><th scope=\"col\">Took</th></tr></thead><tbody>";
  for (const ExperimentNote& one : trace.experiments())
    text += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>",
                        html(one.question, 300), html(one.answer, 500), as_duration(one.took));
  text += "</tbody></table>";
  for (const ExperimentNote& one : trace.experiments())
    text += exchange_list(trace, one.name, false);
  return section("Control experiments", text);
}

std::string exchange_section(const Result& run) {
  const bool failed = run.verdict.outcome != Outcome::pass;
  return section("Requests and answers", exchange_list(*run.trace, "", failed));
}

std::string frame_section(const Result& run) {
  const std::vector<FrameNote>& frames = run.trace->frames();
  if (frames.empty()) return "";
  std::string rows;
  for (const FrameNote& frame : frames | std::views::take(frames_shown)) {
    rows += fmt::format(
        "<tr><td class=\"fix\">{}</td><td class=\"fix\">{} {}{}</td><td class=\"fix\">{}</td><td "
        "class=\"mono\">{}{}</td></tr>",
        as_millis(frame.at - run.trace->started()),
        frame.direction == Direction::in ? "← in" : "→ out", html(frame.kind, 20),
        frame.session.empty() ? "" : ", " + html(frame.session, 60), as_bytes(frame.bytes),
        html(frame.text, 2000),
        frame.remark.empty()
            ? ""
            : "<br>" + badge(Mark::failing, "wrong") + " " + html(frame.remark, 500));
  }
  if (frames.size() > frames_shown)
    rows += fmt::format("<tr><td colspan=\"4\">and {} more in the JSON</td></tr>",
                        frames.size() - frames_shown);
  return section("Frames",
                 "<table class=\"list stack\"><thead><tr><th scope=\"col\">At</th><th "
                 "scope=\"col\">Frame</th><th scope=\"col\">Size</th><th "
                 "scope=\"col\">Text</th></tr></thead><tbody>" +
                     rows + "</tbody></table>");
}

std::string tls_section(const Result& run) {
  std::string rows;
  for (const TlsFacts& tls : run.trace->tls_facts())
    rows += fmt::format(
        "<tr><th scope=\"row\">{}</th><td>{} {}{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
        html(tls.host_port), html(tls.version), html(tls.cipher),
        tls.alpn.empty() ? "" : ", " + html(tls.alpn), html(tls.subject), html(tls.issuer),
        as_day(tls.not_after));
  return rows.empty()
             ? ""
             : section("Certificates",
                       "<table class=\"list stack\"><thead><tr><th scope=\"col\">Server</th><th "
                       "scope=\"col\">TLS</th><th scope=\"col\">Subject</th><th "
                       "scope=\"col\">Issuer</th><th scope=\"col\">Valid "
                       "until</th></tr></thead><tbody>" +
                           rows + "</tbody></table>");
}

std::string difference(const Result& run, const Result& passed) {
  if (run.verdict.outcome == Outcome::pass) return "";
  return section("Compared with the last passing run",
                 status_difference(*run.trace, *passed.trace) +
                     "<table class=\"list\"><thead><tr><th scope=\"col\">Phase</th><th "
                     "scope=\"col\">This run</th><th scope=\"col\">Passing run</th><th "
                     "scope=\"col\">Difference</th></tr></thead><tbody>" +
                     phase_difference(*run.trace, *passed.trace) + "</tbody></table>");
}

}  // namespace sonde::page
