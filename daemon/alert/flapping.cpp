#include "daemon/alert/flapping.hpp"

namespace sonde::alert {
namespace {

constexpr unsigned slots = 20;
constexpr double enter = 30, leave = 25;

}  // namespace

void Flapping::add(bool found) {
  changes = ((changes << 1U) | static_cast<std::uint32_t>(found != last)) & ((1U << slots) - 1);
  last = found;
  const double now = percent();
  flaps = now > enter || (flaps && now >= leave);
}

double Flapping::percent() const {
  double sum = 0;
  for (unsigned age = 0; age < slots; ++age)
    if ((changes >> age) & 1U) sum += 0.8 + 0.02 * (slots - 1 - age);
  return 100 * sum / slots;
}

}  // namespace sonde::alert
