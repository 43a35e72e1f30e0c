#pragma once
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "config/section.hpp"
#include "daemon/maintenance/downtime.hpp"

namespace sonde::maintenance {

enum class Weekday : std::uint8_t { sun, mon, tue, wed, thu, fri, sat };  // as numbered by <chrono>
enum class InRates : std::uint8_t { exclude, include };

// A downtime as written in the file or sent to the API: once (`from`, and `to` or `for`), or
// recurring (`at` and `for`).
struct MaintenanceConfig {
  std::string from, to, at;
  std::vector<Weekday> days;
  Span length{};  // `for`
  std::string zone = "UTC";
  Selector where;
  std::string reason, author;
  InRates rates = InRates::exclude;
};
const config::Section<MaintenanceConfig>& section_of(const MaintenanceConfig*);
std::span<const config::Named<Weekday>> names_of(const Weekday*);
std::span<const config::Named<InRates>> names_of(const InRates*);

// A mistake at a key of a downtime.
struct DowntimeFlaw {
  std::string key, text;
};

// Parses and validates it; a downtime without recurrence may last at most `longest`. `where` may
// contain only existing names of `checks`. Pure, apart from the time zones.
std::expected<Downtime, std::vector<DowntimeFlaw>> make_downtime(
    const MaintenanceConfig& text, std::span<const std::shared_ptr<const Check>> checks,
    Span longest);

// Makes the downtimes of `maintenance:` in a file; reports mistakes.
std::vector<Downtime> make_downtimes(const std::map<std::string, MaintenanceConfig>& entries,
                                     const config::Value& root,
                                     std::span<const std::shared_ptr<const Check>> checks,
                                     config::Mistakes& mistakes);

}  // namespace sonde::maintenance
