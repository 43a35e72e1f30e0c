#include "daemon/web/status_page.hpp"

#include <fmt/format.h>

#include <chrono>

#include "daemon/core/format.hpp"
#include "probes/text/encode.hpp"
#include "probes/text/printable.hpp"

namespace sonde::web {
namespace {

constexpr std::string_view html_head = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sonde</title>
<meta name="viewport" content="width=device-width">
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 2em; color: #222; background: #fff }
table { border-collapse: collapse } th, td { text-align: left; padding: .2em .8em .2em 0 }
.pass { color: #06682f } .fail { color: #b00020; font-weight: bold } .inconclusive { color: #805600 }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #181818 }
 a { color: #8ab4f8 } .pass { color: #6dd58c } .fail { color: #ff8a80 } .inconclusive { color: #ffcf66 } }
</style></head><body>
)";

std::string escaped(std::string_view text) { return text::markup_escape(text, "&<>\""); }

std::string cell(std::string_view text) {
  return "<td>" + escaped(text::printable(text, true)) + "</td>";
}

std::string show_reason(const Verdict& verdict) {
  std::string reason(name(verdict.reason));
  if (verdict.concluded != Reason::ok)
    reason += ", concluded " + std::string(name(verdict.concluded));
  return reason;
}

constexpr std::string_view waiting_cells =
    "<td class=\"waiting\">waiting</td><td></td><td></td><td></td><td></td><td></td>";

std::string cells(const Verdict& verdict, std::chrono::system_clock::time_point started,
                  Span took) {
  const std::string outcome(name(verdict.outcome));
  const bool passed = verdict.outcome == Outcome::pass;
  return "<td class=\"" + outcome + "\">" + outcome + "</td>" +
         cell(passed ? "" : name(verdict.step)) + cell(passed ? "" : show_reason(verdict)) +
         cell(fmt::format("{:.3f} s", seconds(took))) + cell(as_utc(started)) +
         cell(passed ? "" : verdict.detail);
}

}  // namespace

void StatusPage::assign(const std::vector<std::shared_ptr<const Check>>& checks) {
  decltype(rows_) rows;
  for (const auto& check : checks) {
    auto known = rows_.find(key(*check));
    rows[key(*check)] = known == rows_.end() ? std::nullopt : std::move(known->second);
  }
  rows_ = std::move(rows);
}

void StatusPage::accept(const ResultPtr& result) {
  auto known = rows_.find(key(*result->check));
  // A skipped tick has no new information about the target.
  if (known == rows_.end() || result->verdict.outcome == Outcome::skipped) return;
  known->second = Row{result->verdict, result->started, result->took};
}

std::string StatusPage::page() const {
  std::string html(html_head);
  html += "<h1>Sonde</h1>\n<p>Version " + escaped(version_) +
          ". <a href=\"/metrics\">Metrics</a>, " +
          "<a href=\"/-/healthy\">health</a>, <a href=\"/-/ready\">readiness</a>.</p>\n" +
          "<table><tr><th>Probe<th>Target<th>Kind<th>Verdict<th>Step<th>Reason<th>Took<th>At" +
          "<th>Detail</tr>\n";
  for (const auto& [key, row] : rows_) {
    const auto& [probe, target, kind] = key;
    html += "<tr>" + cell(probe) + cell(target) + cell(kind);
    html += row ? cells(row->verdict, row->started, row->took) : std::string(waiting_cells);
    html += "</tr>\n";
  }
  return html + "</table></body></html>\n";
}

}  // namespace sonde::web
