#include "daemon/core/result_json.hpp"

#include <fmt/format.h>

#include "daemon/core/format.hpp"
#include "probes/text/json.hpp"

namespace sonde {
namespace {

using text::json_quote;

// A JSON list of what `show` returns for each item.
template <class Items, class Show>
std::string list_of(const Items& items, Show show) {
  std::string all = "[";
  for (const auto& item : items) {
    if (all.size() > 1) all += ',';
    all += show(item);
  }
  return all + "]";
}

std::string header_json(const std::pair<std::string, std::string>& header) {
  return fmt::format(R"({{"name":{},"value":{}}})", json_quote(header.first),
                     json_quote(header.second));
}

std::string phase_json(const PhaseSpan& span, Instant started) {
  return fmt::format(R"({{"name":{},"seconds":{},"step":{},"at":{}}})",
                     json_quote(name(span.phase)), as_seconds(span.took.value_or(Span::zero())),
                     json_quote(name(span.step)), as_seconds(span.entered - started));
}

std::string event_json(const EventNote& note) {
  return fmt::format(R"({{"name":{},"state":{},"seconds":{}}})", json_quote(note.name),
                     json_quote(name(note.state)), as_seconds(note.at));
}

std::string tls_json(const TlsFacts& facts) {
  return fmt::format(
      R"({{"host_port":{},"version":{},"cipher":{},"alpn":{},"subject":{},"issuer":{},"not_after":{}}})",
      json_quote(facts.host_port), json_quote(facts.version), json_quote(facts.cipher),
      json_quote(facts.alpn), json_quote(facts.subject), json_quote(facts.issuer), facts.not_after);
}

std::string exchange_json(const Exchange& exchange, Instant started) {
  return fmt::format(
      R"({{"method":{},"url":{},"sent":{},"sent_body":{},"status":{},"received":{},"body":{},"body_bytes":{},"peer":{},"at":{},"experiment":{}}})",
      json_quote(exchange.method), json_quote(exchange.url), list_of(exchange.sent, header_json),
      json_quote(exchange.sent_body), exchange.status, list_of(exchange.received, header_json),
      json_quote(exchange.body), exchange.body_bytes, json_quote(exchange.peer),
      as_seconds(exchange.at - started), json_quote(exchange.experiment));
}

std::string experiment_json(const ExperimentNote& note, Instant started) {
  return fmt::format(R"({{"name":{},"question":{},"answer":{},"seconds":{},"at":{}}})",
                     json_quote(note.name), json_quote(note.question), json_quote(note.answer),
                     as_seconds(note.took), as_seconds(note.at - started));
}

std::string frame_json(const FrameNote& frame, Instant started) {
  return fmt::format(
      R"({{"direction":"{}","kind":{},"text":{},"bytes":{},"at":{},"remark":{},"session":{}}})",
      frame.direction == Direction::in ? "in" : "out", json_quote(frame.kind),
      json_quote(frame.text), frame.bytes, as_seconds(frame.at - started), json_quote(frame.remark),
      json_quote(frame.session));
}

std::string refusal_json(const RefusalNote& note) {
  return fmt::format(R"({{"check":{},"state":{},"why":{}}})", json_quote(note.check),
                     json_quote(name(note.state)), json_quote(note.why));
}

std::string ending_json(const Ending& ending) {
  return fmt::format(R"({{"by":{},"code":{},"reason":{}}})", json_quote(name(ending.by)),
                     ending.code, json_quote(ending.reason));
}

std::string verdict_json(const Result& result) {
  const Verdict& verdict = result.verdict;
  const bool passed = verdict.outcome == Outcome::pass;
  return fmt::format(
      R"("probe":{},"kind":{},"target":{},"verdict":{},"step":{},"reason":{},"detail":{},"started":"{}","seconds":{},"attempt":{})",
      json_quote(result.check->name), json_quote(result.check->kind),
      json_quote(result.check->target), json_quote(name(verdict.outcome)),
      json_quote(passed ? "" : name(verdict.step)), json_quote(passed ? "" : name(verdict.reason)),
      json_quote(verdict.detail), as_rfc3339(result.started), as_seconds(result.took),
      result.attempt);
}

std::string answer_json(std::string_view name, std::optional<bool> answer) {
  return answer ? fmt::format(R"(,"{}":{})", name, *answer) : "";
}

std::string answers_json(const Trace& trace) {
  std::string all = answer_json("reachable", trace.reachable) +
                    answer_json("delivered", trace.delivered) +
                    answer_json("substantive", trace.substantive);
  if (trace.sent) all += fmt::format(R"(,"sent":{})", as_seconds(*trace.sent - trace.started()));
  if (trace.skew) all += fmt::format(R"(,"skew_seconds":{})", as_seconds(*trace.skew));
  return all;
}

std::string trace_json(const Trace& trace) {
  const Instant started = trace.started();
  return fmt::format(
      R"("phases":{},"events":{},"peer":{},"tls":{},"exchanges":{},"frames":{},"ending":{},"refusals":{},"experiments":{},"separated":{})",
      list_of(trace.phases(), [&](const PhaseSpan& span) { return phase_json(span, started); }),
      list_of(trace.events(), event_json), json_quote(trace.peer()),
      list_of(trace.tls_facts(), tls_json),
      list_of(trace.exchanges(), [&](const Exchange& e) { return exchange_json(e, started); }),
      list_of(trace.frames(), [&](const FrameNote& frame) { return frame_json(frame, started); }),
      ending_json(trace.ending()), list_of(trace.refusals, refusal_json),
      list_of(trace.experiments(),
              [&](const ExperimentNote& note) { return experiment_json(note, started); }),
      json_quote(trace.separated));
}

}  // namespace

std::string as_json(const Result& result) {
  const Reason concluded = result.verdict.concluded;
  return fmt::format("{{{},{},\"concluded\":{}{},\"id\":{}}}\n", verdict_json(result),
                     trace_json(*result.trace),
                     json_quote(concluded == Reason::ok ? "" : name(concluded)),
                     answers_json(*result.trace), json_quote(result.id));
}

}  // namespace sonde
