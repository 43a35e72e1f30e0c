#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "daemon/core/format.hpp"
#include "daemon/page/chart.hpp"
#include "daemon/page/html.hpp"

namespace sonde::page {
namespace {

constexpr std::size_t columns = 72;
constexpr double width = 720, height = 180, column_width = width / columns;

struct Column {
  std::vector<Span> took;                   // of runs with a verdict
  std::map<Phase, std::vector<Span>> each;  // of their fine phases
  std::size_t failed = 0;
};

// Phases that enclose others would be counted twice.
bool is_fine(Phase phase) {
  return phase != Phase::login && phase != Phase::discover && phase != Phase::upgrade &&
         phase != Phase::refuse && phase != Phase::isolation && phase != Phase::diagnose;
}

Span quantile(std::vector<Span>& all, double q) {
  std::ranges::sort(all);
  const auto rank = static_cast<std::size_t>(std::ceil(q * static_cast<double>(all.size())));
  return all.at(std::max<std::size_t>(rank, 1) - 1);
}

std::vector<Column> columns_of(std::span<const RunRow> runs, WallTime from, WallTime to) {
  std::vector<Column> all(columns);
  const auto span = std::max<WallTime::duration>(to - from, std::chrono::seconds(1));
  for (const RunRow& run : runs) {
    const Outcome outcome = run.verdict.outcome;
    const bool judged = outcome == Outcome::pass || outcome == Outcome::fail;
    if (!judged || run.ended < from || run.ended >= to) continue;
    Column& column = all.at(static_cast<std::size_t>(columns * (run.ended - from) / span));
    if (outcome == Outcome::fail) ++column.failed;
    column.took.push_back(run.took);
    for (const auto& [phase, took] : run.phases)
      if (is_fine(phase)) column.each[phase].push_back(took);
  }
  return all;
}

// 1, 2 or 5 times a power of ten, not below `value`.
double rounded_up(double value) {
  const double power = std::pow(10, std::floor(std::log10(std::max(value, 1e-6))));
  for (const double step : {1.0, 2.0, 5.0})
    if (value <= step * power) return step * power;
  return 10 * power;
}

double y_of(Span span, double top) { return height - height * std::min(seconds(span) / top, 1.0); }

std::string line(const std::vector<std::optional<Span>>& values, double top, std::string_view css) {
  std::string path;
  bool pen_down = false;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i])
      path += fmt::format("{}{:.0f} {:.1f}", pen_down ? "L" : "M",
                          (static_cast<double>(i) + 0.5) * column_width, y_of(*values[i], top));
    // A single column is a dot: a line of no length with round ends.
    if (values[i] && !pen_down) path += "h.1";
    pen_down = values[i].has_value();
  }
  return path.empty() ? "" : fmt::format("<path class=\"{}\" d=\"{}\"/>", css, path);
}

std::string stack(std::size_t index, Column& column, double top) {
  std::string all;
  double y = height;
  for (auto& [phase, took] : column.each) {
    const double high = height * seconds(quantile(took, 0.5)) / top;
    if (high < 0.3 || y - high < 0) continue;
    y -= high;
    all += fmt::format(
        "<rect class=\"phase-{}\" x=\"{:.0f}\" y=\"{:.1f}\" width=\"{:.0f}\" height=\"{:.1f}\"/>",
        name(phase), static_cast<double>(index) * column_width + 1, y, column_width - 2, high);
  }
  return all;
}

std::string shading(std::span<const Shade> shades, WallTime from, WallTime to) {
  std::string all;
  const double span = std::chrono::duration<double>(to - from).count();
  for (const Shade& shade : shades) {
    if (shade.to <= from || shade.from >= to) continue;
    const auto x = [&](WallTime at) {
      return width * std::clamp(std::chrono::duration<double>(at - from).count() / span, 0.0, 1.0);
    };
    all += fmt::format(
        "<rect class=\"incident\" x=\"{:.1f}\" y=\"0\" width=\"{:.1f}\" height=\"{:.0f}\"/>",
        x(shade.from), std::max(x(shade.to) - x(shade.from), 2.0), height);
  }
  return all;
}

std::string legend(const std::vector<Column>& all) {
  std::map<Phase, bool> met;
  for (const Column& column : all)
    for (const auto& [phase, took] : column.each) met[phase] = true;
  std::string text =
      "<ul class=\"legend\"><li><i class=\"p50\"></i>p50</li><li><i class=\"p95\"></i>p95</li>";
  for (const auto& [phase, _] : met)
    text += fmt::format("<li><i class=\"phase-{}\"></i>{}</li>", name(phase), name(phase));
  return text +
         "<li><i class=\"incident\"></i>alert fired</li><li><i class=\"fail\"></i>a run "
         "failed</li></ul>";
}

}  // namespace

std::string latency_chart(std::span<const RunRow> runs, std::span<const Shade> shades,
                          WallTime from, WallTime to) {
  std::vector<Column> all = columns_of(runs, from, to);
  std::vector<std::optional<Span>> median(columns), slow(columns);
  Span longest{};
  std::vector<Span> whole;
  for (std::size_t i = 0; i < columns; ++i) {
    if (all[i].took.empty()) continue;
    whole.insert(whole.end(), all[i].took.begin(), all[i].took.end());
    median[i] = quantile(all[i].took, 0.5);
    slow[i] = quantile(all[i].took, 0.95);
    longest = std::max(longest, *slow[i]);
  }
  if (whole.empty()) return "<p class=\"none\">No run in this time.</p>";
  const double top = rounded_up(seconds(longest));
  std::string inside = shading(shades, from, to), marks;
  for (std::size_t i = 0; i < columns; ++i) {
    inside += stack(i, all[i], top);
    if (all[i].failed > 0)
      marks += fmt::format(
          "<rect class=\"fail\" x=\"{:.0f}\" y=\"{:.0f}\" width=\"{:.0f}\" "
          "height=\"5\"/>",
          static_cast<double>(i) * column_width + 1, height + 2, column_width - 2);
  }
  inside += line(slow, top, "p95") + line(median, top, "p50") + marks;
  const std::string words =
      fmt::format("Duration of {} runs: median {}, 95th percentile {}.", whole.size(),
                  as_duration(quantile(whole, 0.5)), as_duration(quantile(whole, 0.95)));
  const auto scale = [&](double share) {
    return as_duration(
        std::chrono::duration_cast<Span>(std::chrono::duration<double>(top * share)));
  };
  return fmt::format(
             "<figure class=\"chart\"><figcaption>{}</figcaption><div class=\"plot\"><ul "
             "class=\"scale\" aria-hidden=\"true\"><li>{}</li><li>{}</li><li>0</li></ul><svg "
             "viewBox=\"0 0 720 188\" preserveAspectRatio=\"none\" role=\"img\" "
             "aria-label=\"{}\"><path class=\"grid\" d=\"M0 .5H720M0 90H720M0 180H720\"/>{}</svg>"
             "</div><div class=\"axis\" aria-hidden=\"true\"><span>{}</span><span>{}</span></div>",
             words, scale(1), scale(0.5), words, inside, as_utc(from).substr(0, 16),
             as_utc(to).substr(0, 16)) +
         legend(all) + "</figure>";
}

}  // namespace sonde::page
