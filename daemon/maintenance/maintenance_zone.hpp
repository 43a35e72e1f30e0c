#pragma once
#include <chrono>
#include <cstdint>
#include <expected>
#include <string>

#include "daemon/core/view.hpp"

namespace sonde::maintenance {

// A time zone of the system's database (IANA); without a name UTC, which needs no database. On the
// main thread; the database is read once, and lives as long as the process.
class Zone {
 public:
  Zone() = default;
  static std::expected<Zone, std::string> find(const std::string& name);

  const std::string& name() const { return name_; }
  std::chrono::local_seconds local(WallTime at) const;

  // A time that the clocks skip (02:30 in spring) is the moment in which they do. Of one that they
  // show twice (02:30 in autumn) there are two moments.
  enum class Twice : std::uint8_t { first, second };
  WallTime wall(std::chrono::local_seconds at, Twice twice) const;

 private:
  std::string name_ = "UTC";
  const void* zone_ = nullptr;  // of the library; null: UTC
};

}  // namespace sonde::maintenance
