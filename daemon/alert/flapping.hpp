#pragma once
#include <cstdint>

namespace sonde::alert {

// Whether something comes and goes too often to be told each time: of the last 20 findings, how
// many differ from the one before, the newest weighing most (0.8 + 0.02 * i, as Icinga 2 weighs
// them). It flaps above 30 %, until it is below 25 %. A value.
struct Flapping {
  std::uint32_t changes = 0;  // a bit each, the newest the lowest
  bool last = false;
  bool flaps = false;

  void add(bool found);
  double percent() const;
  friend bool operator==(const Flapping&, const Flapping&) = default;
};

}  // namespace sonde::alert
