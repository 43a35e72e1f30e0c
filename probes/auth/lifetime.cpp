#include "probes/auth/lifetime.hpp"

#include <algorithm>
#include <array>

#include "config/scalars.hpp"

namespace sonde::auth {

std::span<const config::Named<LifetimeUnit>> names_of(const LifetimeUnit*) {
  static constexpr std::array<config::Named<LifetimeUnit>, 2> names = {
      {{"s", LifetimeUnit::seconds}, {"ms", LifetimeUnit::milliseconds}}};
  return names;
}

std::optional<Span> lifetime_of(std::string_view number, LifetimeUnit unit) {
  constexpr double seconds_max = 1e9;
  const auto said = config::parse_number(number);
  if (!said || !(*said > 0)) return std::nullopt;
  const double seconds = unit == LifetimeUnit::seconds ? *said : *said / 1000;
  return std::chrono::duration_cast<Span>(
      std::chrono::duration<double>(std::min(seconds, seconds_max)));
}

}  // namespace sonde::auth
