#include "daemon/report/probe_metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "daemon/core/format.hpp"

namespace sonde::report {
namespace {

// A gauge with its series: labels as they are written, and the value.
struct GaugeText {
  std::string_view name, help;
  std::vector<std::pair<std::string, std::string>> series;
};

void write(std::string& page, const GaugeText& gauge) {
  if (gauge.series.empty()) return;
  page += fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n", gauge.name, gauge.help);
  for (const auto& [labels, value] : gauge.series)
    page += fmt::format("{}{} {}\n", gauge.name, labels, value);
}

// The sum of the phases that `counts` accepts; empty: the run had none.
template <class F>
std::optional<Span> sum_of(const Trace& trace, F counts) {
  std::optional<Span> sum;
  for (const PhaseSpan& span : trace.phases())
    if (span.took && counts(span.phase)) sum = sum.value_or(Span{}) + *span.took;
  return sum;
}

// The phases of an exchange, as blackbox_exporter divides it.
struct HttpPhase {
  std::string_view name;
  std::vector<Phase> of;
};

GaugeText http_phases(const Trace& trace) {
  static const std::array<HttpPhase, 5> all = {{{"resolve", {Phase::resolve}},
                                                {"connect", {Phase::connect, Phase::proxy}},
                                                {"tls", {Phase::tls}},
                                                {"processing", {Phase::request, Phase::first_byte}},
                                                {"transfer", {Phase::body}}}};
  GaugeText gauge{"probe_http_duration_seconds",
                  "Duration of the phases of HTTP requests, summed over all requests.",
                  {}};
  if (trace.exchanges().empty()) return gauge;
  for (const HttpPhase& http : all) {
    const auto sum = sum_of(
        trace, [&](Phase phase) { return std::ranges::find(http.of, phase) != http.of.end(); });
    gauge.series.emplace_back(fmt::format("{{phase=\"{}\"}}", http.name),
                              as_seconds(sum.value_or(Span{})));
  }
  return gauge;
}

GaugeText own_phases(const Trace& trace) {
  GaugeText gauge{"probe_phase_duration_seconds",
                  "Duration of the phases of the run, summed; login, upgrade and others contain "
                  "those of their exchanges.",
                  {}};
  std::vector<Phase> seen;
  for (const PhaseSpan& span : trace.phases()) {
    if (!span.took || std::ranges::find(seen, span.phase) != seen.end()) continue;
    seen.push_back(span.phase);
    const auto sum = sum_of(trace, [&](Phase phase) { return phase == span.phase; });
    gauge.series.emplace_back(fmt::format("{{phase=\"{}\"}}", name(span.phase)), as_seconds(*sum));
  }
  return gauge;
}

void write_exchange(std::string& page, const Trace& trace) {
  if (const auto resolve = sum_of(trace, [](Phase phase) { return phase == Phase::resolve; }))
    write(page, {"probe_dns_lookup_time_seconds",
                 "Time that DNS lookups took.",
                 {{"", as_seconds(*resolve)}}});
  write(page, http_phases(trace));
  if (!trace.exchanges().empty())
    write(page, {"probe_http_status_code",
                 "Status of the last HTTP answer, 0 if there was none.",
                 {{"", std::to_string(trace.exchanges().back().status)}}});
  const std::string& peer = trace.peer();
  if (!peer.empty())
    write(page, {"probe_ip_protocol",
                 "Version of IP that was used, 4 or 6.",
                 {{"", peer.starts_with('[') ? "6" : "4"}}});
}

void write_tls(std::string& page, const Trace& trace) {
  const auto& facts = trace.tls_facts();
  if (!trace.exchanges().empty())
    write(page, {"probe_http_ssl", "Whether TLS was used.", {{"", facts.empty() ? "0" : "1"}}});
  const auto earliest = std::ranges::min_element(facts, {}, &TlsFacts::not_after);
  if (earliest == facts.end()) return;
  write(page, {"probe_ssl_earliest_cert_expiry",
               "Unix time at which the first of the certificates expires.",
               {{"", std::to_string(earliest->not_after)}}});
  std::string version = facts.back().version;  // "TLSv1.3"
  if (version.starts_with("TLSv")) version.replace(0, 4, "TLS ");
  write(page, {"probe_tls_version_info",
               "Version of TLS that was used.",
               {{fmt::format("{{version=\"{}\"}}", version), "1"}}});
}

}  // namespace

std::string probe_metrics(const Result& result) {
  const Verdict& verdict = result.verdict;
  const bool passed = verdict.outcome == Outcome::pass;
  std::string page;
  write(page, {"probe_success", "Whether the run passed.", {{"", passed ? "1" : "0"}}});
  write(page,
        {"probe_duration_seconds", "How long the run took.", {{"", as_seconds(result.took)}}});
  if (!passed)
    write(page, {"probe_failure_info",
                 "Why the run did not pass: at which step, and for which reason.",
                 {{fmt::format("{{outcome=\"{}\",step=\"{}\",reason=\"{}\"}}",
                               name(verdict.outcome), name(verdict.step), name(verdict.reason)),
                   "1"}}});
  write(page, {"probe_failed_due_to_regex",
               "Whether the run failed because a body is not as expected.",
               {{"", verdict.reason == Reason::bad_body ? "1" : "0"}}});
  write_exchange(page, *result.trace);
  write_tls(page, *result.trace);
  write(page, own_phases(*result.trace));
  return page;
}

}  // namespace sonde::report
