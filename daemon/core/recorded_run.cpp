#include "daemon/core/recorded_run.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "probes/core/run_id.hpp"
#include "probes/text/ascii.hpp"
#include "probes/text/json.hpp"
#include "probes/text/time.hpp"

namespace sonde {
namespace {

using text::Json;

constexpr double seconds_max = 10 * 365 * 86400.0;  // far from what overflows a Span

std::string text_in(Json object, std::string_view name) {
  return object.member(name).string_or_empty();
}

double number_in(Json object, std::string_view name) {
  const double value = object.member(name).number().value_or(0);
  return std::isfinite(value) ? value : 0;
}

Span span_in(Json object, std::string_view name) {
  const double value = std::clamp(number_in(object, name), -seconds_max, seconds_max);
  return std::chrono::round<Span>(std::chrono::duration<double>(value));
}

template <class Integer>
Integer integer_in(Json object, std::string_view name) {
  return static_cast<Integer>(std::clamp(number_in(object, name), 0.0, 2e9));
}

// What `read` makes of each item of a list; items of which it makes nothing are left out.
template <class Read>
auto list_in(Json object, std::string_view name, Read read) {
  std::vector<typename decltype(read(Json()))::value_type> all;
  const Json list = object.member(name);
  if (list.kind() != Json::Kind::array) return all;
  for (std::size_t i = 0; i < list.size(); ++i)
    if (auto item = read(list.item(i))) all.push_back(*std::move(item));
  return all;
}

std::optional<std::pair<std::string, std::string>> header_of(Json header) {
  return std::pair(text_in(header, "name"), text_in(header, "value"));
}

std::optional<TlsFacts> tls_of(Json tls) {
  TlsFacts facts;
  facts.host_port = text_in(tls, "host_port");
  facts.version = text_in(tls, "version");
  facts.cipher = text_in(tls, "cipher");
  facts.alpn = text_in(tls, "alpn");
  facts.subject = text_in(tls, "subject");
  facts.issuer = text_in(tls, "issuer");
  facts.not_after = static_cast<std::int64_t>(std::clamp(number_in(tls, "not_after"), 0.0, 2e11));
  return facts;
}

std::optional<EventNote> event_of(Json event) {
  const auto state = event_state_named(text_in(event, "state"));
  if (!state) return std::nullopt;
  return EventNote{
      .name = text_in(event, "name"), .state = *state, .at = span_in(event, "seconds")};
}

std::optional<RefusalNote> refusal_of(Json refusal) {
  const auto state = refusal_state_named(text_in(refusal, "state"));
  if (!state) return std::nullopt;
  return RefusalNote{
      .check = text_in(refusal, "check"), .state = *state, .why = text_in(refusal, "why")};
}

// A literal, as a FrameNote needs.
std::string_view frame_kind(std::string_view kind) {
  static constexpr std::array<std::string_view, 6> kinds = {"text", "binary", "ping",
                                                            "pong", "close",  "event"};
  const auto known = std::ranges::find(kinds, kind);
  return known == kinds.end() ? "frame" : *known;
}

// Reads the parts of a trace that began at the start of the clock.
class TraceReader {
 public:
  explicit TraceReader(Json run) : run_(run) {}

  Trace trace() const {
    Trace::Record record;
    record.phases = list_in(run_, "phases", [this](Json phase) { return phase_of(phase); });
    record.exchanges = list_in(run_, "exchanges", [this](Json one) { return exchange_of(one); });
    record.frames = list_in(run_, "frames", [this](Json frame) { return frame_of(frame); });
    record.events = list_in(run_, "events", event_of);
    record.experiments =
        list_in(run_, "experiments", [this](Json one) { return experiment_of(one); });
    record.tls = list_in(run_, "tls", tls_of);
    record.peer = text_in(run_, "peer");
    const Json ending = run_.member("ending");
    record.ending = {.by = ended_by_named(text_in(ending, "by")).value_or(EndedBy::nobody),
                     .code = integer_in<int>(ending, "code"),
                     .reason = text_in(ending, "reason")};
    Trace trace = Trace::of(start_, std::move(record));
    trace.refusals = list_in(run_, "refusals", refusal_of);
    trace.separated = text_in(run_, "separated");
    trace.reachable = run_.member("reachable").boolean();
    trace.delivered = run_.member("delivered").boolean();
    trace.substantive = run_.member("substantive").boolean();
    if (run_.member("sent")) trace.sent = at(run_, "sent");
    if (run_.member("skew_seconds")) trace.skew = span_in(run_, "skew_seconds");
    return trace;
  }

 private:
  Instant at(Json object, std::string_view name) const { return start_ + span_in(object, name); }

  std::optional<PhaseSpan> phase_of(Json phase) const {
    const auto known = phase_named(text_in(phase, "name"));
    if (!known) return std::nullopt;
    return PhaseSpan{.phase = *known,
                     .step = step_named(text_in(phase, "step")).value_or(Step::health),
                     .entered = at(phase, "at"),
                     .took = span_in(phase, "seconds")};
  }

  std::optional<Exchange> exchange_of(Json one) const {
    return Exchange{.method = text_in(one, "method"),
                    .url = text_in(one, "url"),
                    .sent = list_in(one, "sent", header_of),
                    .sent_body = text_in(one, "sent_body"),
                    .status = integer_in<int>(one, "status"),
                    .received = list_in(one, "received", header_of),
                    .body = text_in(one, "body"),
                    .body_bytes = integer_in<std::size_t>(one, "body_bytes"),
                    .peer = text_in(one, "peer"),
                    .at = at(one, "at"),
                    .experiment = text_in(one, "experiment")};
  }

  std::optional<FrameNote> frame_of(Json frame) const {
    return FrameNote{
        .direction = text_in(frame, "direction") == "out" ? Direction::out : Direction::in,
        .kind = frame_kind(text_in(frame, "kind")),
        .text = text_in(frame, "text"),
        .bytes = integer_in<std::size_t>(frame, "bytes"),
        .at = at(frame, "at"),
        .remark = text_in(frame, "remark"),
        .session = text_in(frame, "session")};
  }

  std::optional<ExperimentNote> experiment_of(Json one) const {
    return ExperimentNote{.name = text_in(one, "name"),
                          .question = text_in(one, "question"),
                          .answer = text_in(one, "answer"),
                          .at = at(one, "at"),
                          .took = span_in(one, "seconds")};
  }

  Json run_;
  Instant start_{};
};

// With the milliseconds, which parse_time drops.
std::chrono::system_clock::time_point time_of(const std::string& text) {
  const auto written = text::parse_time(text);
  const auto wall = written ? written->wall() : std::nullopt;
  if (!wall) return {};
  int milliseconds = 0;
  const std::size_t dot = text.find('.');
  for (std::size_t i = 1; dot != std::string::npos && i <= 3; ++i) {
    const bool digit = dot + i < text.size() && text::is_digit(text[dot + i]);
    milliseconds = milliseconds * 10 + (digit ? text[dot + i] - '0' : 0);
  }
  return *wall + std::chrono::milliseconds(milliseconds);
}

}  // namespace

std::expected<Result, std::string> result_from_json(std::string_view json) {
  const auto document = text::Document::parse(json);
  if (!document) return std::unexpected("it is not JSON: " + document.error());
  const Json run = document->root();
  const auto outcome = outcome_named(text_in(run, "verdict"));
  if (!outcome || text_in(run, "probe").empty())
    return std::unexpected(
        "it is not the transcript of a run: an object with the members probe and verdict");
  auto check = std::make_shared<Check>();
  check->name = text_in(run, "probe");
  check->kind = text_in(run, "kind");
  check->target = text_in(run, "target");
  Result result;
  result.check = std::move(check);
  if (const std::string id = text_in(run, "id"); is_run_id(id)) result.id = id;
  result.verdict = {.outcome = *outcome,
                    .step = step_named(text_in(run, "step")).value_or(Step::health),
                    .reason = reason_named(text_in(run, "reason")).value_or(Reason::ok),
                    .detail = text_in(run, "detail"),
                    .concluded = reason_named(text_in(run, "concluded")).value_or(Reason::ok)};
  result.started = time_of(text_in(run, "started"));
  result.took = span_in(run, "seconds");
  result.attempt = std::max(1, integer_in<int>(run, "attempt"));
  result.trace = std::make_shared<const Trace>(TraceReader(run).trace());
  return result;
}

}  // namespace sonde
