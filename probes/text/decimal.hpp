#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace sonde::text {

// An exact decimal number: 0.<digits> * 10^exponent. Equal exactly if the values are equal:
// "2,146", "2146.0" and "2.146e3" are the same.
struct Decimal {
  bool negative = false;
  std::string digits;  // without leading and trailing zeros; empty: zero
  long exponent = 0;
  bool operator==(const Decimal&) const = default;
};

// Parses the whole of `text`: a sign, digits (optionally grouped in threes by commas), a fraction,
// an exponent of at most 6 digits. nullopt: it is not a number.
std::optional<Decimal> parse_decimal(std::string_view text);

}  // namespace sonde::text
