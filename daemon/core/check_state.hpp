#pragma once
#include <cstdint>
#include <string_view>

#include "daemon/core/view.hpp"

namespace sonde {

// What is known of a check now; pages, API, badges and commands show the same. In rising order of
// what a reader should look at first.
enum class CheckState : std::uint8_t {
  passing,
  unknown,       // no run was judged yet, or none has ended for several intervals
  inconclusive,  // the newest runs say nothing: inconclusive, our network down, a maintenance
  failing        // until a run passes, also while runs are inconclusive
};
std::string_view name(CheckState state);

// Pure.
CheckState state_of(const Check& check, const CheckStatus& status, WallTime now);

// No run has ended for three intervals and a timeout, and 5 s; false before the first one.
bool is_stale(const Check& check, const CheckStatus& status, WallTime now);

}  // namespace sonde
