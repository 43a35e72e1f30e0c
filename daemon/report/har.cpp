#include "daemon/report/har.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <vector>

#include "daemon/core/format.hpp"
#include "probes/text/ascii.hpp"
#include "probes/text/encode.hpp"
#include "probes/text/json.hpp"

namespace sonde::report {
namespace {

using text::json_quote;

constexpr double none = -1;  // a time that does not apply

double ms(Span span) { return seconds(span) * 1000; }

// The times of one exchange; those that its trace has no phase for are empty.
struct Timings {
  std::optional<Span> resolve, connect, proxy, tls, request, first_byte, body;
  Instant begun;

  Span whole() const {
    Span all{};
    for (const auto& part : {resolve, connect, proxy, tls, request, first_byte, body})
      all += part.value_or(Span::zero());
    return all;
  }
};

std::optional<Span>* part_of(Timings& timings, Phase phase) {
  switch (phase) {
    case Phase::resolve:
      return &timings.resolve;
    case Phase::connect:
      return &timings.connect;
    case Phase::proxy:
      return &timings.proxy;
    case Phase::tls:
      return &timings.tls;
    case Phase::first_byte:
      return &timings.first_byte;
    case Phase::body:
      return &timings.body;
    default:
      return nullptr;
  }
}

bool is_before_request(Phase phase) {
  return phase == Phase::resolve || phase == Phase::connect || phase == Phase::proxy ||
         phase == Phase::tls;
}

// The phases around the request that began when the exchange did; experiments have none.
Timings timings_of(const Trace& trace, const Exchange& exchange) {
  Timings timings;
  timings.begun = exchange.at;
  const auto& phases = trace.phases();
  auto nearest = phases.end();
  for (auto span = phases.begin(); span != phases.end(); ++span) {
    const bool nearer =
        nearest == phases.end() || std::chrono::abs(span->entered - exchange.at) <
                                       std::chrono::abs(nearest->entered - exchange.at);
    if (span->phase == Phase::request && nearer) nearest = span;
  }
  if (nearest == phases.end() || !exchange.experiment.empty()) return timings;
  timings.request = nearest->took.value_or(Span::zero());
  for (auto span = nearest; span != phases.begin() && is_before_request((span - 1)->phase);
       --span) {
    auto& part = *part_of(timings, (span - 1)->phase);
    part = part.value_or(Span::zero()) + (span - 1)->took.value_or(Span::zero());
    timings.begun = (span - 1)->entered;
  }
  for (auto span = nearest + 1; span != phases.end(); ++span) {
    const bool after = span->phase == Phase::first_byte || span->phase == Phase::body;
    if (!after) break;
    *part_of(timings, span->phase) = span->took.value_or(Span::zero());
  }
  return timings;
}

// In HAR, the time for TLS is a part of the time to connect.
std::string timings_json(const Timings& timings) {
  const auto shown = [](const std::optional<Span>& part) { return part ? ms(*part) : none; };
  const bool connects = timings.connect || timings.tls || timings.proxy;
  const Span connect = timings.connect.value_or(Span::zero()) +
                       timings.proxy.value_or(Span::zero()) + timings.tls.value_or(Span::zero());
  return fmt::format(
      R"({{"blocked":-1,"dns":{:.3f},"connect":{:.3f},"ssl":{:.3f},"send":{:.3f},"wait":{:.3f},"receive":{:.3f}}})",
      shown(timings.resolve), connects ? ms(connect) : none, shown(timings.tls),
      ms(timings.request.value_or(Span::zero())), ms(timings.first_byte.value_or(Span::zero())),
      ms(timings.body.value_or(Span::zero())));
}

const std::string* find(const Headers& headers, std::string_view name) {
  const auto found = std::ranges::find_if(
      headers, [&](const auto& header) { return text::same_word(header.first, name); });
  return found == headers.end() ? nullptr : &found->second;
}

template <class Pairs>
std::string pairs_json(const Pairs& pairs) {
  std::string all;
  for (const auto& [name, value] : pairs)
    all += fmt::format(R"({}{{"name":{},"value":{}}})", all.empty() ? "" : ",", json_quote(name),
                       json_quote(value));
  return "[" + all + "]";
}

std::string query_json(std::string_view url) {
  const auto from = url.find('?');
  if (from == std::string_view::npos) return "[]";
  return pairs_json(text::read_parameters(url.substr(from + 1, url.find('#') - from - 1)));
}

std::string request_json(const Exchange& exchange) {
  const std::string* type = find(exchange.sent, "content-type");
  std::string body;
  if (!exchange.sent_body.empty())
    body = fmt::format(R"(,"postData":{{"mimeType":{},"params":[],"text":{}}})",
                       json_quote(type != nullptr ? *type : ""), json_quote(exchange.sent_body));
  return fmt::format(
      R"({{"method":{},"url":{},"httpVersion":"HTTP/1.1","cookies":[],"headers":{},"queryString":{}{},"headersSize":-1,"bodySize":{}}})",
      json_quote(exchange.method), json_quote(exchange.url), pairs_json(exchange.sent),
      query_json(exchange.url), body, exchange.sent_body.size());
}

std::string response_json(const Exchange& exchange) {
  const std::string* type = find(exchange.received, "content-type");
  const std::string* location = find(exchange.received, "location");
  return fmt::format(
      R"({{"status":{},"statusText":"","httpVersion":"HTTP/1.1","cookies":[],"headers":{},"content":{{"size":{},"mimeType":{},"text":{}}},"redirectURL":{},"headersSize":-1,"bodySize":-1}})",
      exchange.status, pairs_json(exchange.received), exchange.body_bytes,
      json_quote(type != nullptr ? *type : ""), json_quote(exchange.body),
      json_quote(location != nullptr ? *location : ""));
}

// RFC 6455 section 5.2.
int opcode_of(std::string_view kind) {
  struct Kind {
    std::string_view name;
    int opcode;
  };
  static constexpr std::array<Kind, 5> kinds{
      {{"text", 1}, {"binary", 2}, {"close", 8}, {"ping", 9}, {"pong", 10}}};
  const auto known = std::ranges::find(kinds, kind, &Kind::name);
  return known == kinds.end() ? 1 : known->opcode;
}

// Chrome writes binary data as base64, and a trace has it as hex digits.
std::string data_of(const FrameNote& frame) {
  if (frame.kind != "binary") return frame.text;
  const auto bytes = text::from_hex(frame.text);
  return bytes ? text::base64(*bytes) : frame.text;
}

std::string message_json(const FrameNote& frame, double time) {
  return fmt::format(R"({{"type":"{}","time":{:.6f},"opcode":{},"data":{}{}}})",
                     frame.direction == Direction::out ? "send" : "receive", time,
                     opcode_of(frame.kind), json_quote(data_of(frame)),
                     frame.remark.empty() ? "" : ",\"comment\":" + json_quote(frame.remark));
}

class Archive {
  using WallTime = std::chrono::system_clock::time_point;

 public:
  Archive(const Result& result, std::string_view version)
      : result_(result), trace_(*result.trace), version_(version) {
    for (const FrameNote& frame : trace_.frames())
      if (std::ranges::find(sessions_, frame.session) == sessions_.end())
        sessions_.push_back(frame.session);
  }

  std::string json() {
    std::string entries;
    for (const Exchange& exchange : trace_.exchanges())
      entries += (entries.empty() ? "" : ",") + entry_json(exchange);
    const Verdict& verdict = result_.verdict;
    const std::string cause =
        verdict.outcome == Outcome::pass
            ? ""
            : ": " + show_cause(verdict.step, verdict.reason, verdict.concluded);
    const std::string title =
        fmt::format("{} ({}) at {}: {}{}", result_.check->name, result_.check->kind,
                    result_.check->target, name(verdict.outcome), cause);
    return fmt::format(
        R"({{"log":{{"version":"1.2","creator":{{"name":"Sonde","version":{}}},"pages":[{{"startedDateTime":"{}","id":"run","title":{},"pageTimings":{{"onContentLoad":-1,"onLoad":{:.3f}}},"comment":{}}}],"entries":[{}]}}}})"
        "\n",
        json_quote(version_), as_rfc3339(result_.started), json_quote(title), ms(result_.took),
        json_quote("run " + result_.id), entries);
  }

 private:
  WallTime wall(Instant at) const {
    return result_.started + std::chrono::duration_cast<WallTime::duration>(at - trace_.started());
  }

  // The sessions of a run open their connections in the order in which they are recorded.
  std::string messages_json(const Exchange& exchange) {
    constexpr int switching_protocols = 101;
    if (exchange.status != switching_protocols || !exchange.experiment.empty()) return "";
    if (opened_ >= sessions_.size()) return R"(,"_resourceType":"websocket")";
    const std::string& session = sessions_[opened_++];
    std::string all;
    for (const FrameNote& frame : trace_.frames()) {
      if (frame.session != session) continue;
      const double time = std::chrono::duration<double>(wall(frame.at).time_since_epoch()).count();
      all += (all.empty() ? "" : ",") + message_json(frame, time);
    }
    return R"(,"_resourceType":"websocket","_webSocketMessages":[)" + all + "]";
  }

  std::string entry_json(const Exchange& exchange) {
    const Timings timings = timings_of(trace_, exchange);
    const std::string_view peer = exchange.peer;
    std::string_view address = peer.substr(0, peer.rfind(':'));
    if (address.starts_with('[') && address.ends_with(']'))
      address = address.substr(1, address.size() - 2);
    const std::string comment =
        exchange.experiment.empty()
            ? ""
            : ",\"comment\":" + json_quote("experiment " + exchange.experiment);
    return fmt::format(
        R"({{"pageref":"run","startedDateTime":"{}","time":{:.3f},"request":{},"response":{},"cache":{{}},"timings":{}{}{}{}}})",
        as_rfc3339(wall(timings.begun)), ms(timings.whole()), request_json(exchange),
        response_json(exchange), timings_json(timings),
        address.empty() ? "" : ",\"serverIPAddress\":" + json_quote(address), comment,
        messages_json(exchange));
  }

  const Result& result_;
  const Trace& trace_;
  std::string_view version_;
  std::vector<std::string> sessions_;  // by name, in the order of their first frames
  std::size_t opened_ = 0;
};

}  // namespace

std::string as_har(const Result& result, std::string_view version) {
  return Archive(result, version).json();
}

}  // namespace sonde::report
