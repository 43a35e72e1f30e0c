#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "config/codec.hpp"
#include "daemon/alert/alert_text.hpp"
#include "probes/text/printable.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::alert {
namespace {

constexpr std::size_t detail_max = 80;
constexpr std::size_t groups_max = 3;

std::string show_group(const FailureGroup& group, WallTime now) {
  const std::string detail = show_detail(group.detail);
  return fmt::format("{} x {}{} since {}", group.count,
                     show_cause(group.step, group.reason, group.concluded),
                     detail.empty() ? "" : " (" + detail + ")", show_time(group.first, now));
}

}  // namespace

std::string show_share(Millionths share) {
  return config::show_number(100.0 * share / kWhole) + " %";
}

// Rounded down, so that a value below a bound is not shown as the bound.
std::string show_success(const Tally& tally) {
  const auto good = tally.attempts - tally.failures;
  const auto tenths = tally.attempts > 0 ? good * 1000 / tally.attempts : 0;
  return fmt::format("{}.{} % ({} of {})", tenths / 10, tenths % 10, good, tally.attempts);
}

std::string show_time(WallTime time, WallTime now) {
  const auto tm = fmt::gmtime(std::chrono::system_clock::to_time_t(time));
  return now - time < std::chrono::hours(20) ? fmt::format("{:%H:%M} UTC", tm)
                                             : fmt::format("{:%d %b %H:%M} UTC", tm);
}

std::string show_detail(const std::string& detail) {
  return text::shorten(text::printable(detail, true, detail_max), detail_max);
}

std::string show_failures(const Failures& failures, WallTime now) {
  std::string all;
  const auto& groups = failures.groups;
  for (std::size_t i = 0; i < std::min(groups.size(), groups_max); ++i)
    all += (i > 0 ? ", " : "") + show_group(groups[i], now);
  if (groups.size() > groups_max)
    all += fmt::format(" and {} more reason{}", groups.size() - groups_max,
                       groups.size() == groups_max + 1 ? "" : "s");
  return all;
}

}  // namespace sonde::alert
