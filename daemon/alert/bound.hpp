#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "config/codec.hpp"
#include "config/percent.hpp"
#include "daemon/core/objective.hpp"

namespace sonde::alert {

// A bound as it is written: a share for rates (`90%`), a duration for latency and certificates
// (`2s`, `14d`), a whole number for counts. Exactly one is set.
struct Bound {
  std::optional<config::Percent> share;
  std::optional<Span> span;
  std::optional<std::uint64_t> count;
};

// As it compares; 90 % is 900'000. Of a Bound that is a share.
Millionths millionths(const config::Percent& share);

// Above a bound for a rate by 0.3 of what is left to 100 %: 93 % for 90 %. A rate that hovers at
// the bound does not come and go.
Millionths clear_of(Millionths bound);

std::string show(const Bound& bound);  // as it is written

}  // namespace sonde::alert

namespace sonde::config {
template <>
struct Codec<alert::Bound> {
  static bool read(const Value&, const Reader&, const Rule&, alert::Bound& out);
  static Value schema(const Rule&);
  static std::string show(const alert::Bound& bound) { return alert::show(bound); }
};
}  // namespace sonde::config
