#include "daemon/store/encoding.hpp"

namespace sonde::store {
namespace {

using NamesById = std::map<std::int64_t, std::string>;

// The value up to `last` that has that name.
template <class E>
std::optional<E> named(const NamesById& names, std::int64_t id, E last) {
  const auto found = names.find(id);
  if (found == names.end()) return std::nullopt;
  for (int value = 0; value <= static_cast<int>(last); ++value)
    if (name(static_cast<E>(value)) == found->second) return static_cast<E>(value);
  return std::nullopt;
}

std::optional<Reason> reason_of(const NamesById& names, std::int64_t id) {
  const auto found = names.find(id);
  return found == names.end() ? std::nullopt : reason_named(found->second);
}

}  // namespace

std::int64_t as_stored(WallTime at) {
  return std::chrono::floor<std::chrono::milliseconds>(at.time_since_epoch()).count();
}

WallTime as_wall(std::int64_t stored) { return WallTime(std::chrono::milliseconds(stored)); }

std::optional<Verdict> verdict_of(const NamesById& names, std::int64_t outcome, std::int64_t step,
                                  std::int64_t reason) {
  const auto said = named(names, outcome, Outcome::skipped);
  const auto where = named(names, step, Step::hold);
  const auto known = reason_of(names, reason);
  if (!said || !where || !known) return std::nullopt;
  return Verdict{.outcome = *said, .step = *where, .reason = *known, .detail = ""};
}

Reason concluded_of(const NamesById& names, std::int64_t concluded) {
  return reason_of(names, concluded).value_or(Reason::ok);
}

}  // namespace sonde::store
