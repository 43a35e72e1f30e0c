#include "daemon/core/alert.hpp"

#include <array>
#include <string_view>

namespace sonde {

std::uint64_t fingerprint(const Labels& labels) {
  std::uint64_t hash = 14695981039346656037ULL;
  const auto add = [&](std::string_view text) {
    for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    hash = (hash ^ 0xffU) * 1099511628211ULL;
  };
  for (const auto& [name, value] : labels) {
    add(name);
    add(value);
  }
  return hash;
}

std::span<const config::Named<Severity>> names_of(const Severity*) {
  static constexpr std::array<config::Named<Severity>, 3> names = {
      {{"info", Severity::info}, {"warning", Severity::warning}, {"critical", Severity::critical}}};
  return names;
}

std::string_view name(Severity severity) {
  return names_of(&severity)[static_cast<std::size_t>(severity)].first;
}

}  // namespace sonde
