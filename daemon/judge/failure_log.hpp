#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/view.hpp"

namespace sonde::judge {

// The latest failures of a check one by one, to the second: 8 bytes each, and the detail of the
// newest of each step, reason and concluded cause. Pure.
class FailureLog {
 public:
  static constexpr std::size_t failures_max = 512, details_max = 32, detail_bytes_max = 512;

  void add(WallSeconds at, const Verdict& failed);
  // Those since `begin`. Incomplete if one since then is forgotten.
  Failures since(WallSeconds begin) const;
  // The clock was set back: what lies in the future is of now.
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
    std::string text;
  };
  void keep_detail(const Verdict& failed);
  FailureGroup& group_of(const Entry& entry, std::vector<FailureGroup>& groups) const;

  std::vector<Entry> entries_;   // a ring once it is full
  std::size_t next_ = 0;         // where the next one goes then
  std::uint32_t forgotten_ = 0;  // time of the latest one that had to go
  std::vector<Detail> details_;  // the latest last
};

}  // namespace sonde::judge
