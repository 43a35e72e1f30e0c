#include "daemon/expose/landing.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>

namespace sonde {
namespace {

constexpr std::string_view head = R"(<!doctype html>
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

std::string escaped(std::string_view text) {
  std::string html;
  for (char c : text) {
    if (c == '&')
      html += "&amp;";
    else if (c == '<')
      html += "&lt;";
    else if (c == '>')
      html += "&gt;";
    else if (c == '"')
      html += "&quot;";
    else
      html += c;
  }
  return html;
}

std::string cell(std::string_view text) { return "<td>" + escaped(text) + "</td>"; }

std::string time_of(std::chrono::system_clock::time_point at) {
  const std::tm utc = fmt::gmtime(std::chrono::system_clock::to_time_t(at));
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", utc);
}

}  // namespace

void Landing::assign(const std::vector<std::shared_ptr<const Check>>& checks) {
  std::map<Key, Row> rows;
  for (const auto& check : checks) {
    auto known = rows_.find(key(*check));
    rows[key(*check)] = known == rows_.end() ? Row{.verdict = "waiting"} : std::move(known->second);
  }
  rows_ = std::move(rows);
}

void Landing::accept(const ResultPtr& result) {
  const Verdict& verdict = result->verdict;
  auto known = rows_.find(key(*result->check));
  // A beat that was skipped says nothing new of the target.
  if (known == rows_.end() || verdict.outcome == Outcome::skipped) return;
  Row row{.verdict = std::string(name(verdict.outcome)), .when = time_of(result->started)};
  row.seconds = seconds(result->took);
  if (verdict.outcome != Outcome::pass) {
    row.step = name(verdict.step);
    row.reason = name(verdict.reason);
    row.detail = verdict.detail;
  }
  known->second = std::move(row);
}

std::string Landing::page() const {
  std::string html(head);
  html += "<h1>Sonde</h1>\n<p>Version " + escaped(version_) +
          ". <a href=\"/metrics\">Metrics</a>, " +
          "<a href=\"/-/healthy\">health</a>, <a href=\"/-/ready\">readiness</a>.</p>\n" +
          "<table><tr><th>Probe<th>Target<th>Kind<th>Verdict<th>Step<th>Reason<th>Took<th>At" +
          "<th>Detail</tr>\n";
  for (const auto& [key, row] : rows_) {
    const auto& [probe, target, kind] = key;
    html += "<tr>" + cell(probe) + cell(target) + cell(kind);
    html += "<td class=\"" + row.verdict + "\">" + row.verdict + "</td>";
    html += cell(row.step) + cell(row.reason);
    html += cell(row.when.empty() ? "" : fmt::format("{:.3f} s", row.seconds));
    html += cell(row.when) + cell(row.detail) + "</tr>\n";
  }
  return html + "</table></body></html>\n";
}

}  // namespace sonde
