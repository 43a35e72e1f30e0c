#include "daemon/report/exchange_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/core/format.hpp"
#include "probes/text/printable.hpp"

namespace sonde::report {
namespace {

std::string status_text(const Exchange& exchange, const TextStyle& style) {
  if (exchange.status == 0) return painted("no answer", Paint::bad, style);
  const bool wrong = exchange.status >= 400;
  return painted(std::to_string(exchange.status), wrong ? Paint::bad : Paint::good, style);
}

std::string headers_text(const Headers& headers, char mark, const TextStyle& style) {
  std::string lines;
  for (const auto& [name, value] : headers)
    lines += fmt::format("    {} {}: {}\n", mark, text::printable(name, style.unicode, 100),
                         text::printable(value, style.unicode, 300));
  return lines;
}

std::string body_text(std::string_view body, char mark, const Detail& detail,
                      const TextStyle& style) {
  if (body.empty() || detail.body_runes == 0) return "";
  return fmt::format("    {} {}\n", mark, text::printable(body, style.unicode, detail.body_runes));
}

std::string exchange_text(const Exchange& exchange, const Detail& detail, const TextStyle& style) {
  std::string lines =
      fmt::format("  {} {} -> {}", text::printable(exchange.method, style.unicode, 20),
                  text::printable(exchange.url, style.unicode, 300), status_text(exchange, style));
  if (exchange.body_bytes > 0) lines += fmt::format(", {}", as_bytes(exchange.body_bytes));
  if (!exchange.peer.empty())
    lines += fmt::format(", {}", text::printable(exchange.peer, style.unicode, 100));
  lines += "\n";
  if (detail.headers) {
    lines += headers_text(exchange.sent, '>', style);
    lines += body_text(exchange.sent_body, '>', detail, style);
    lines += headers_text(exchange.received, '<', style);
  }
  return lines + body_text(exchange.body, '<', detail, style);
}

}  // namespace

std::string tls_text(const TlsFacts& facts, const TextStyle& style) {
  const auto clean = [&](const std::string& text) {
    return text::printable(text, style.unicode, 200);
  };
  std::string line = fmt::format("tls {} {} {}", clean(facts.host_port), clean(facts.version),
                                 clean(facts.cipher));
  if (!facts.alpn.empty()) line += fmt::format(" {}", clean(facts.alpn));
  if (!facts.subject.empty())
    line += fmt::format(", {} by {}", clean(facts.subject), clean(facts.issuer));
  if (facts.not_after != 0) line += fmt::format(", valid until {}", as_day(facts.not_after));
  return line;
}

std::string exchanges_text(const Trace& trace, const Detail& detail, const TextStyle& style) {
  std::string lines;
  if (!trace.peer().empty())
    lines += fmt::format("  peer {}\n", text::printable(trace.peer(), style.unicode, 100));
  for (const TlsFacts& facts : trace.tls_facts())
    lines += fmt::format("  {}\n", tls_text(facts, style));
  for (const Exchange& exchange : trace.exchanges())
    if (exchange.experiment.empty()) lines += exchange_text(exchange, detail, style);
  return lines;
}

namespace {

std::string count_text(const std::vector<FrameNote>& frames) {
  const auto sent = std::ranges::count(frames, Direction::out, &FrameNote::direction);
  return fmt::format("  frames: {} sent, {} received\n", sent,
                     static_cast<std::ptrdiff_t>(frames.size()) - sent);
}

}  // namespace

std::string frame_text(const FrameNote& frame, Instant started, const TextStyle& style) {
  std::string line =
      fmt::format("{} {:>10} {} {} {}", frame.direction == Direction::out ? '>' : '<',
                  as_millis(frame.at - started), text::printable(frame.kind, style.unicode, 20),
                  as_bytes(frame.bytes), text::printable(frame.text, style.unicode, 300));
  while (line.ends_with(' ')) line.pop_back();
  if (!frame.session.empty())
    line += fmt::format("  [{}]", text::printable(frame.session, style.unicode, 60));
  if (!frame.remark.empty()) {
    const std::string remark =
        fmt::format("  <- {}", text::printable(frame.remark, style.unicode, 300));
    line += painted(remark, Paint::bad, style);
  }
  return line;
}

std::string frames_text(const Trace& trace, const Detail& detail, const TextStyle& style) {
  const auto& frames = trace.frames();
  if (frames.empty()) return "";
  std::string lines = count_text(frames);
  const std::size_t shown = std::min(detail.frames, frames.size());
  const std::size_t head = shown / 2;
  const std::size_t left_out = frames.size() - shown;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (i == head && left_out > 0) {
      if (shown > 0) lines += fmt::format("    ... {} frames left out\n", left_out);
      i += left_out;
      if (i == frames.size()) break;
    }
    lines += fmt::format("    {}\n", frame_text(frames[i], trace.started(), style));
  }
  return lines;
}

namespace {

Span whole(const std::vector<ExperimentNote>& notes) {
  return notes.back().at + notes.back().took - notes.front().at;
}

std::string line_of(const ExperimentNote& note, const TextStyle& style) {
  return fmt::format(
      "    {} -> {}, {}\n", text::printable(note.question, style.unicode, 200),
      painted(text::printable(note.answer, style.unicode, 100), Paint::strong, style),
      as_duration(note.took));
}

}  // namespace

std::string experiments_text(const Trace& trace, const TextStyle& style) {
  const auto& notes = trace.experiments();
  if (notes.empty()) return "";
  std::string lines = fmt::format("  why: {} experiment{} in {} after the run\n", notes.size(),
                                  notes.size() == 1 ? "" : "s", as_duration(whole(notes)));
  for (const ExperimentNote& note : notes) lines += line_of(note, style);
  const std::string conclusion = trace.separated.empty()
                                     ? "they separated nothing"
                                     : text::printable(trace.separated, style.unicode, 2048);
  return lines + fmt::format("    => {}\n", painted(conclusion, Paint::strong, style));
}

}  // namespace sonde::report
