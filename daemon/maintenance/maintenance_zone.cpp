#include "daemon/maintenance/maintenance_zone.hpp"

#include <date/tz.h>
#include <fmt/format.h>

#include <exception>

namespace sonde::maintenance {
namespace {

const date::time_zone& of(const void* zone) { return *static_cast<const date::time_zone*>(zone); }

date::sys_seconds in_library(WallTime at) { return std::chrono::floor<std::chrono::seconds>(at); }

}  // namespace

// The library throws if a name, its file or the whole database is missing.
std::expected<Zone, std::string> Zone::find(const std::string& name) {
  if (name.empty() || name == "UTC") return Zone();
  try {
    Zone found;
    found.name_ = name;
    found.zone_ = date::locate_zone(name);
    of(found.zone_).get_info(date::sys_seconds());  // reads the zone's file
    return found;
  } catch (const std::exception&) {
    return std::unexpected(fmt::format(
        "there is no time zone '{:.100}' in the system's database (package tzdata); write one as "
        "Europe/Berlin, or UTC",
        name));
  }
}

std::chrono::local_seconds Zone::local(WallTime at) const {
  const date::sys_seconds second = in_library(at);
  const auto offset = zone_ ? of(zone_).get_info(second).offset : std::chrono::seconds(0);
  return std::chrono::local_seconds(second.time_since_epoch() + offset);
}

WallTime Zone::wall(std::chrono::local_seconds at, Twice twice) const {
  const std::chrono::seconds count = at.time_since_epoch();
  if (!zone_) return WallTime(count);
  const auto info = of(zone_).get_info(date::local_seconds(count));
  if (info.result == date::local_info::nonexistent) return info.first.end;
  const bool later = info.result == date::local_info::ambiguous && twice == Twice::second;
  return WallTime(count - (later ? info.second.offset : info.first.offset));
}

}  // namespace sonde::maintenance
