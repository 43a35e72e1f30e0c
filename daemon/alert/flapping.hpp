#pragma once
#include <cstdint>

namespace sonde::alert {

// Whether something changes too often to notify each change. Of the last 20 evaluations, counts
// those that differ from the one before, newer ones weighing more (0.8 + 0.02 * i, as in Icinga 2).
// It starts to flap above 30 % and stops below 25 %. A value.
struct Flapping {
  std::uint32_t changes = 0;  // one bit for each evaluation, the newest in the lowest bit
  bool last = false;
  bool flaps = false;

  void add(bool found);
  double percent() const;
  friend bool operator==(const Flapping&, const Flapping&) = default;
};

}  // namespace sonde::alert
