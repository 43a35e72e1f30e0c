#pragma once
#include <string>

#include "config/codec.hpp"

namespace sonde::config {

// A share of a whole, written `80%`; 0 to 1. A number without % is a mistake, because `below: 90`
// is ambiguous.
struct Percent {
  double share = 0;
};

template <>
struct Codec<Percent> {
  static bool read(const Value&, const Reader&, const Rule&, Percent& out);
  static Value schema(const Rule&);
  static std::string show(const Percent& percent);
};

}  // namespace sonde::config
