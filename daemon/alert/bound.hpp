#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "config/codec.hpp"
#include "config/percent.hpp"
#include "daemon/core/objective.hpp"

namespace sonde::alert {

// A bound as configured: a share for rates (`90%`), a duration for latency and certificates (`2s`,
// `14d`), a whole number for counts. Exactly one member is set.
struct Bound {
  std::optional<config::Percent> share;
  std::optional<Span> span;
  std::optional<std::uint64_t> count;
};

// The form used in comparisons; 90 % is 900'000. Requires that the Bound is a share.
Millionths millionths(const config::Percent& share);

// Default clear bound of a rate: above `bound` by 0.3 of the distance to 100 % (93 % for 90 %), so
// that a rate close to the bound does not make the alert fire and clear repeatedly.
Millionths clear_of(Millionths bound);

std::string show(const Bound& bound);  // as in the configuration

}  // namespace sonde::alert

namespace sonde::config {
template <>
struct Codec<alert::Bound> {
  static bool read(const Value&, const Reader&, const Rule&, alert::Bound& out);
  static Value schema(const Rule&);
  static std::string show(const alert::Bound& bound) { return alert::show(bound); }
};
}  // namespace sonde::config
