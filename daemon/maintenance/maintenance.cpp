#include "daemon/maintenance/maintenance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "config/duration.hpp"
#include "daemon/core/format.hpp"
#include "daemon/log/log.hpp"
#include "daemon/maintenance/downtime.hpp"
#include "daemon/maintenance/downtime_settings.hpp"

namespace sonde::maintenance {
namespace {

constexpr std::string_view maintenance_component = "maintenance";
// A run that began during a downtime may end later by the longest duration of a run.
constexpr auto kept_after = std::chrono::minutes(70);

std::string joined(const std::vector<DowntimeFlaw>& flaws) {
  std::string all;
  for (const DowntimeFlaw& flaw : flaws)
    all += fmt::format("{}{}: {}", all.empty() ? "" : "; ", flaw.key, flaw.text);
  return all;
}

// The API differs from the file in two ways: a downtime may begin now, and durations and choices
// are still texts.
std::expected<MaintenanceConfig, std::string> text_of(const MaintenanceRequest& request,
                                                      WallTime now) {
  MaintenanceConfig text{.from = request.from.empty() ? as_rfc3339(now) : request.from,
                         .to = request.to,
                         .at = "",
                         .days = {},
                         .length = {},
                         .zone = request.zone,
                         .where = {request.probe, request.kind, request.target},
                         .reason = request.reason,
                         .author = request.author,
                         .rates = request.rates == "include" ? InRates::include : InRates::exclude};
  if (!request.length.empty()) {
    const auto length = config::parse_duration(request.length);
    if (!length) return std::unexpected("for: " + length.error());
    text.length = *length;
  }
  if (!request.rates.empty() && request.rates != "include" && request.rates != "exclude")
    return std::unexpected("rates: expected include or exclude");
  if (request.reason.empty()) return std::unexpected("reason: say why");
  if (request.author.empty()) return std::unexpected("author: say who you are");
  return text;
}

MaintenanceWindow shown(const Downtime& downtime, const Period& period, WallTime now) {
  return {.id = downtime.id,
          .configured = downtime.configured,
          .probe = downtime.where.probe,
          .kind = downtime.where.kind,
          .target = downtime.where.target,
          .reason = downtime.reason,
          .author = downtime.author,
          .counted = downtime.counted,
          .active = period.holds(now),
          .from = period.from,
          .to = period.to,
          .schedule = schedule_of(downtime)};
}

std::int64_t millis(WallTime at) {
  return std::chrono::floor<std::chrono::milliseconds>(at).time_since_epoch().count();
}

}  // namespace

void Maintenance::assign(std::vector<Downtime> configured) {
  for (Downtime& downtime : downtimes_)
    if (!downtime.configured) configured.push_back(std::move(downtime));
  downtimes_ = std::move(configured);
}

void Maintenance::restore(std::span<const StateRecord> notes) {
  for (const StateRecord& note : notes) {
    if (note.component != maintenance_component) continue;
    auto downtime = downtime_of(note.text);
    if (!downtime) {
      log::say(log::Level::warning, "a maintenance window cannot be read", {{"id", note.key}});
      continue;
    }
    downtime->id = note.key;
    downtimes_.push_back(std::move(*downtime));
  }
}

std::expected<MaintenanceWindow, std::string> Maintenance::add(const MaintenanceRequest& request,
                                                               Checks checks, WallTime now) {
  forget_past(now);
  const auto made = std::ranges::count_if(downtimes_, [&](const Downtime& downtime) {
    return !downtime.configured && downtime.once.to > now;
  });
  if (static_cast<std::size_t>(made) >= made_max)
    return std::unexpected(fmt::format("there are {} windows already; end some", made_max));
  const auto text = text_of(request, now);
  if (!text) return std::unexpected(text.error());
  auto downtime = make_downtime(*text, checks, made_longest);
  if (!downtime) return std::unexpected(joined(downtime.error()));
  if (downtime->once.to <= now) return std::unexpected("to: it would be over already");
  auto number = millis(now);
  while (find(fmt::format("m{:x}", number))) ++number;
  downtime->id = fmt::format("m{:x}", number);
  note(downtimes_.emplace_back(std::move(*downtime)));
  return shown(downtimes_.back(), downtimes_.back().once, now);
}

std::expected<void, std::string> Maintenance::end(std::string_view id, WallTime now) {
  Downtime* downtime = find(id);
  if (!downtime || (!downtime->configured && downtime->once.to <= now))
    return std::unexpected(fmt::format("there is no maintenance window {:.100}", id));
  if (downtime->configured)
    return std::unexpected(fmt::format("{:.100} is a window of the file; end it there", id));
  downtime->once = {std::min(downtime->once.from, now), now};
  note(*downtime);
  return {};
}

std::optional<Cover> Maintenance::covers(const Check& check, WallTime now) const {
  return covering(downtimes_, check, now);
}

std::string Maintenance::why(const Check& check, WallTime now) const {
  const auto cover = covers(check, now);
  if (!cover) return "";
  const std::string& author = cover->downtime->author;
  return fmt::format("maintenance until {}Z: {}{}", as_rfc3339(cover->until).substr(0, 16),
                     cover->downtime->reason, author.empty() ? "" : " (" + author + ")");
}

bool Maintenance::excludes(const Check& check, WallTime began) const {
  return std::ranges::any_of(downtimes_, [&](const Downtime& downtime) {
    if (downtime.counted || !selects(downtime.where, check)) return false;
    const auto period = period_at(downtime, began);
    return period && period->holds(began);
  });
}

std::optional<WallTime> Maintenance::next_change(WallTime now) const {
  return maintenance::next_change(downtimes_, now);
}

std::vector<MaintenanceWindow> Maintenance::list(WallTime now) const {
  std::vector<MaintenanceWindow> all;
  for (const Downtime& downtime : downtimes_)
    if (const auto period = period_at(downtime, now)) all.push_back(shown(downtime, *period, now));
  std::ranges::sort(all, {}, [](const auto& shown) { return std::tie(shown.from, shown.id); });
  return all;
}

std::vector<MaintenanceFacts> Maintenance::facts(Checks checks, WallTime now) const {
  std::vector<MaintenanceFacts> all;
  for (const auto& check : checks)
    all.push_back({.probe = check->name,
                   .kind = check->kind,
                   .target = check->target,
                   .active = covers(*check, now).has_value()});
  return all;
}

std::vector<StateRecord> Maintenance::take_notes(WallTime now) {
  forget_past(now);
  return std::exchange(notes_, {});
}

void Maintenance::forget_past(WallTime now) {
  const auto past = [&](const Downtime& downtime) {
    return !downtime.configured && downtime.once.to + kept_after <= now;
  };
  for (const Downtime& downtime : downtimes_)
    if (past(downtime)) notes_.push_back({std::string(maintenance_component), downtime.id, ""});
  std::erase_if(downtimes_, past);
}

Downtime* Maintenance::find(std::string_view id) {
  const auto found = std::ranges::find(downtimes_, id, &Downtime::id);
  return found == downtimes_.end() ? nullptr : &*found;
}

void Maintenance::note(const Downtime& downtime) {
  notes_.push_back({std::string(maintenance_component), downtime.id, text_of(downtime)});
}

}  // namespace sonde::maintenance
