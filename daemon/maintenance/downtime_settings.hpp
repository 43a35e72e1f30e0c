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

enum class Weekday : std::uint8_t { sun, mon, tue, wed, thu, fri, sat };  // as <chrono> counts them
enum class InRates : std::uint8_t { exclude, include };

// A downtime as it is written, in the file or to the API: once (`from`, and `to` or `for`), or
// again and again (`at` and `for`).
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

// What is wrong with a key of a downtime.
struct DowntimeFlaw {
  std::string key, text;
};

// Reads and bounds it; `longest` is the most that it may last once. `where` may name what the
// checks are called, alone. Pure, apart from the time zones.
std::expected<Downtime, std::vector<DowntimeFlaw>> make_downtime(
    const MaintenanceConfig& text, std::span<const std::shared_ptr<const Check>> checks,
    Span longest);

// `maintenance:` of a file; mistakes are told.
std::vector<Downtime> make_downtimes(const std::map<std::string, MaintenanceConfig>& entries,
                                     const config::Value& root,
                                     std::span<const std::shared_ptr<const Check>> checks,
                                     config::Mistakes& mistakes);

}  // namespace sonde::maintenance
