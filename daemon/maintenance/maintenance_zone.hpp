#pragma once
#include <chrono>
#include <cstdint>
#include <expected>
#include <string>

#include "daemon/core/view.hpp"

namespace sonde::maintenance {

// A time zone of the system's database (IANA); without a name UTC, which needs no database. Main
// thread only; the database is read once, and stays loaded.
class Zone {
 public:
  Zone() = default;
  static std::expected<Zone, std::string> find(const std::string& name);

  const std::string& name() const { return name_; }
  std::chrono::local_seconds local(WallTime at) const;

  // A local time that is skipped (02:30 in spring) yields the moment of the switch. For one that
  // occurs twice (02:30 in autumn), `twice` selects the first or the second.
  enum class Twice : std::uint8_t { first, second };
  WallTime wall(std::chrono::local_seconds at, Twice twice) const;

 private:
  std::string name_ = "UTC";
  const void* zone_ = nullptr;  // zone of the library; null: UTC
};

}  // namespace sonde::maintenance
