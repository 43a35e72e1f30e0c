#include "daemon/maintenance/deploys.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "daemon/log/log.hpp"
#include "probes/text/json.hpp"
#include "probes/text/time.hpp"

namespace sonde::maintenance {
namespace {

using text::Json;
using text::json_quote;

constexpr std::string_view deploys_component = "deploys";
constexpr std::size_t field_max = 200;
constexpr auto past_max = std::chrono::hours(30 * 24);
constexpr auto future_max = std::chrono::minutes(5);  // clocks differ

std::int64_t unix_seconds(WallTime at) {
  return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

std::string as_json(const DeployMarker& marker) {
  return fmt::format(R"({{"at":{},"target":{},"version":{},"by":{}}})", unix_seconds(marker.at),
                     json_quote(marker.target), json_quote(marker.version), json_quote(marker.by));
}

std::optional<DeployMarker> marker_of(Json object) {
  const auto at = object.member("at").number();
  const auto text = [&](std::string_view member) {
    return std::string(object.member(member).string().value_or(""));
  };
  constexpr double latest = 9e9;  // before a WallTime ends
  if (!at || *at < 0 || *at > latest) return std::nullopt;
  return DeployMarker{.at = WallTime(std::chrono::seconds(static_cast<std::int64_t>(*at))),
                      .target = text("target"),
                      .version = text("version"),
                      .by = text("by")};
}

std::string wrong_with(const DeployRequest& request,
                       std::span<const std::shared_ptr<const Check>> checks) {
  const auto fits = [](const std::string& text) {
    return !text.empty() && text.size() <= field_max;
  };
  if (!fits(request.version)) return fmt::format("version: expected 1 to {} bytes", field_max);
  if (!fits(request.by)) return fmt::format("by: say who you are, in 1 to {} bytes", field_max);
  const auto known = [&](const auto& check) { return check->target == request.target; };
  if (!request.target.empty() && std::ranges::none_of(checks, known))
    return fmt::format("target: there is no '{:.100}'", request.target);
  return "";
}

std::expected<WallTime, std::string> time_of(const DeployRequest& request, WallTime now) {
  if (request.at.empty()) return now;
  const auto written = text::parse_time(request.at);
  const auto at = written ? written->wall() : std::nullopt;
  if (!at)
    return std::unexpected("at: a time with its offset is expected, as 2026-12-01T02:00:00Z");
  if (*at > now + future_max || *at < now - past_max)
    return std::unexpected("at: it is not of the last 30 days");
  return *at;
}

}  // namespace

void Deploys::restore(std::span<const StateRecord> notes) {
  for (const StateRecord& note : notes) {
    if (note.component != deploys_component) continue;
    const auto document = text::Document::parse(note.text);
    if (!document) {
      log::say(log::Level::warning, "the deploy markers cannot be read");
      continue;
    }
    const Json list = document->root();
    for (std::size_t i = 0; i < std::min(list.size(), kept); ++i)
      if (auto marker = marker_of(list.item(i))) markers_.push_back(std::move(*marker));
  }
}

std::expected<DeployMarker, std::string> Deploys::add(
    const DeployRequest& request, std::span<const std::shared_ptr<const Check>> checks,
    WallTime now) {
  if (auto wrong = wrong_with(request, checks); !wrong.empty()) return std::unexpected(wrong);
  const auto at = time_of(request, now);
  if (!at) return std::unexpected(at.error());
  DeployMarker marker{.at = std::chrono::floor<std::chrono::seconds>(*at),
                      .target = request.target,
                      .version = request.version,
                      .by = request.by};
  const auto older = [&](const DeployMarker& other) { return other.at <= marker.at; };
  markers_.insert(std::ranges::find_if(markers_, older), marker);
  if (markers_.size() > kept) markers_.pop_back();
  changed_ = true;
  return marker;
}

std::optional<DeployMarker> Deploys::recent(std::string_view target, WallTime since,
                                            WallTime until) const {
  for (const DeployMarker& marker : markers_) {
    const bool concerns = marker.target.empty() || marker.target == target;
    if (concerns && since <= marker.at && marker.at <= until) return marker;
  }
  return std::nullopt;
}

std::vector<DeployMarker> Deploys::newest(
    std::span<const std::shared_ptr<const Check>> checks) const {
  std::set<std::string> targets;
  for (const auto& check : checks) targets.insert(check->target);
  std::vector<DeployMarker> found;
  for (const std::string& target : targets) {
    const auto marker = recent(target, WallTime::min(), WallTime::max());
    if (!marker) continue;
    found.push_back(*marker);
    found.back().target = target;
  }
  return found;
}

std::vector<StateRecord> Deploys::take_notes() {
  if (!std::exchange(changed_, false)) return {};
  std::string all;
  for (const DeployMarker& marker : markers_) all += (all.empty() ? "" : ",") + as_json(marker);
  return {{std::string(deploys_component), "newest", "[" + all + "]"}};
}

std::string show(const DeployMarker& marker) {
  const std::tm utc = fmt::gmtime(std::chrono::system_clock::to_time_t(marker.at));
  return fmt::format("deploy {}{} at {:%H:%M} UTC", marker.version,
                     marker.target.empty() ? "" : " on " + marker.target, utc);
}

}  // namespace sonde::maintenance
