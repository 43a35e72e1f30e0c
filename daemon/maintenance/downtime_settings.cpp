#include "daemon/maintenance/downtime_settings.hpp"

#include <array>

namespace sonde::maintenance {
namespace {

constexpr Span configured_max = std::chrono::hours(366 * 24);
constexpr std::size_t configured_count_max = 100;

void tell(const std::vector<DowntimeFlaw>& flaws, const config::Value::Entry& entry,
          const config::Reader& reader) {
  for (const DowntimeFlaw& flaw : flaws) {
    const config::Value* value = entry.value.find(flaw.key);
    reader.at(flaw.key).wrong(value ? value->place : entry.place, flaw.text);
  }
}

}  // namespace

std::span<const config::Named<Weekday>> names_of(const Weekday*) {
  using enum Weekday;
  static constexpr std::array<config::Named<Weekday>, 7> names = {{{"mon", mon},
                                                                   {"tue", tue},
                                                                   {"wed", wed},
                                                                   {"thu", thu},
                                                                   {"fri", fri},
                                                                   {"sat", sat},
                                                                   {"sun", sun}}};
  return names;
}

std::span<const config::Named<InRates>> names_of(const InRates*) {
  static constexpr std::array<config::Named<InRates>, 2> names = {
      {{"exclude", InRates::exclude}, {"include", InRates::include}}};
  return names;
}

const config::Section<MaintenanceConfig>& section_of(const MaintenanceConfig*) {
  using W = MaintenanceConfig;
  static const auto keys =
      config::Section<W>()
          .key("from", &W::from,
               "When it begins, once: 2026-12-01T02:00, or with an offset, 2026-12-01T02:00+01:00.")
          .key("to", &W::to, "When it ends; or 'for'.")
          .key("at", &W::at, "When it begins, again and again: \"02:00\".")
          .key("days", &W::days, "On which days of the week; without them on every day.",
               {.min = 1, .max = 7})
          .key("for", &W::length, "How long it lasts.", {.min = 1, .max = 366 * 86400.0})
          .key("zone", &W::zone, "The time zone of these times, as Europe/Berlin.",
               {.filled = true})
          .key("where", &W::where, "Of which probes; without it of all.")
          .key("reason", &W::reason, "Why, for whoever wonders.",
               {.required = true, .filled = true})
          .key("author", &W::author, "Who says so.")
          .key("rates", &W::rates, "Whether its runs count in the rates.");
  return keys;
}

std::vector<Downtime> make_downtimes(const std::map<std::string, MaintenanceConfig>& entries,
                                     const config::Value& root,
                                     std::span<const std::shared_ptr<const Check>> checks,
                                     config::Mistakes& mistakes) {
  std::vector<Downtime> downtimes;
  const config::Value* all = root.find("maintenance");
  if (!all) return downtimes;
  const config::Reader reader = config::Reader(mistakes).at("maintenance");
  if (all->entries.size() > configured_count_max) reader.wrong(all->place, "at most 100 are taken");
  for (const auto& entry : all->entries) {
    const auto found = entries.find(entry.name);
    if (found == entries.end()) continue;
    auto downtime = make_downtime(found->second, checks, configured_max);
    if (!downtime) {
      tell(downtime.error(), entry, reader.at(entry.name));
      continue;
    }
    downtime->id = entry.name;
    downtime->configured = true;
    downtimes.push_back(std::move(*downtime));
  }
  return downtimes;
}

}  // namespace sonde::maintenance
