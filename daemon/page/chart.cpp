#include "daemon/page/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>

#include "daemon/core/format.hpp"
#include "daemon/page/html.hpp"

namespace sonde::page {
namespace {

// How a day is shown.
enum class DayMark : std::uint8_t { none, good, some, bad };
constexpr std::array<std::string_view, 4> day_css = {"none", "good", "some", "bad"};

DayMark mark_of(const Tally& day) {
  if (day.attempts == 0) return DayMark::none;
  if (day.failures == 0) return DayMark::good;
  return below(day, 950'000) ? DayMark::bad : DayMark::some;
}

std::string day_words(std::span<const Tally> days, WallTime now) {
  std::array<std::size_t, 4> of{};
  const Tally* worst = nullptr;
  for (const Tally& day : days) {
    ++of.at(static_cast<std::size_t>(mark_of(day)));
    if (day.failures > 0 &&
        (worst == nullptr || day.failures * worst->attempts > worst->failures * day.attempts))
      worst = &day;
  }
  std::string text =
      fmt::format("Last {} days: {} without failures, {} with failures, {} without data",
                  days.size(), of[1], of[2] + of[3], of[0]);
  if (worst == nullptr) return text + ".";
  const auto back = days.size() - 1 - static_cast<std::size_t>(worst - days.data());
  return text + fmt::format("; worst {}: {} passed ({}).",
                            as_utc(now - std::chrono::hours(24 * back)).substr(0, 10),
                            percent(*worst), counts(*worst));
}

}  // namespace

// A run of equal days is one dashed line, so that a thousand strips stay small.
std::string day_strip(std::span<const Tally> days, WallTime now) {
  constexpr int step = 4;
  std::array<std::string, 4> paths;
  for (std::size_t i = 0; i < days.size();) {
    const DayMark mark = mark_of(days[i]);
    std::size_t end = i;
    while (end < days.size() && mark_of(days[end]) == mark) ++end;
    paths.at(static_cast<std::size_t>(mark)) += fmt::format("M{} 9H{}", i * step, end * step - 1);
    i = end;
  }
  const std::string words = day_words(days, now);
  std::string svg = fmt::format(
      "<svg class=\"days\" viewBox=\"0 0 {} 18\" preserveAspectRatio=\"none\" "
      "role=\"img\" aria-label=\"{}\"><title>{}</title>",
      days.size() * step - 1, words, words);
  for (std::size_t i = 0; i < paths.size(); ++i)
    if (!paths.at(i).empty())
      svg += fmt::format("<path class=\"{}\" d=\"{}\"/>", day_css.at(i), paths.at(i));
  return svg + "</svg>";
}

std::string share_bar(const Tally& tally) {
  const double share = tally.attempts == 0
                           ? 0
                           : 100.0 * static_cast<double>(tally.attempts - tally.failures) /
                                 static_cast<double>(tally.attempts);
  return fmt::format(
      "<svg class=\"bar\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
      "<rect class=\"{}\" width=\"100\" height=\"8\"/><rect class=\"good\" width=\"{:.1f}\" "
      "height=\"8\"/></svg>",
      tally.attempts == 0 ? "none" : "bad", share);
}

std::string run_strip(std::span<const RunRow> runs) {
  constexpr std::size_t shown = 60;
  const auto some = runs.first(std::min(runs.size(), shown));
  std::string strip = "<ol class=\"runs\" aria-label=\"Newest runs, oldest first\">";
  for (auto run = some.rbegin(); run != some.rend(); ++run) {
    const Mark mark = page::mark_of(run->verdict.outcome);
    const std::string words = fmt::format(
        "{} {}, {}", as_utc(run->ended), sonde::name(run->verdict.outcome), as_duration(run->took));
    const bool linked = run->recorded && !run->id.empty();
    strip +=
        linked ? fmt::format(
                     "<li><a class=\"{}\" href=\"{}\" title=\"{}\" aria-label=\"{}\"></a></li>",
                     css(mark), run_path(run->id), words, words)
               : fmt::format("<li><span class=\"{}\" title=\"{}\"></span></li>", css(mark), words);
  }
  return strip + "</ol>";
}

std::string waterfall_bar(Span at, Span took, Span whole, std::string_view css) {
  const double all = std::max(seconds(whole), 1e-6);
  const double from = std::clamp(1000 * seconds(at) / all, 0.0, 998.0);
  const double width = std::clamp(1000 * seconds(took) / all, 2.0, 1000.0 - from);
  return fmt::format(
      "<svg class=\"wf\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
      "<rect class=\"{}\" x=\"{:.0f}\" width=\"{:.0f}\" height=\"10\"/></svg>",
      css, from, width);
}

}  // namespace sonde::page
