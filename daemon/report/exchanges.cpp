#include <fmt/format.h>

#include "daemon/core/format.hpp"
#include "daemon/report/exchange_text.hpp"
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

}  // namespace sonde::report
