#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/view.hpp"

namespace sonde::judge {

// The latest failures of a check, individually, with a resolution of a second: 8 bytes each, and
// the newest detail and run for each step, reason and concluded cause. Pure.
class FailureLog {
 public:
  static constexpr std::size_t failures_max = 512, details_max = 32, detail_bytes_max = 512;

  // `run`: its id, or empty.
  void add(WallSeconds at, const Verdict& failed, std::string_view run = {});
  // The failures since `begin`. Not `complete` if one since then was dropped.
  Failures since(WallSeconds begin) const;
  // The clock was set back: failures in the future are moved to `now`.
  void settle(WallSeconds now);

 private:
  struct Entry {
    std::uint32_t at;
    Step step;
    Reason reason, concluded;
  };
  struct Detail {
    Step step;
    Reason reason, concluded;
    std::string text, run;
  };
  void keep_detail(const Verdict& failed, std::string_view run);
  FailureGroup& group_of(const Entry& entry, std::vector<FailureGroup>& groups) const;

  std::vector<Entry> entries_;   // a ring once it is full
  std::size_t next_ = 0;         // where the next one goes once it is full
  std::uint32_t forgotten_ = 0;  // time of the latest failure that was dropped
  std::vector<Detail> details_;  // newest last
};

}  // namespace sonde::judge
