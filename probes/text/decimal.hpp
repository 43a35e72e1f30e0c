#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace sonde::text {

// A number as it is written in decimal, exactly: 0.<digits> * 10^exponent. Two are equal exactly
// if they have the same value: "2,146", "2146.0" and "2.146e3" are one.
struct Decimal {
  bool negative = false;
  std::string digits;  // without zeros at either end; empty: zero
  long exponent = 0;
  bool operator==(const Decimal&) const = default;
};

// The whole of `text`: a sign, digits (grouped by commas in threes, or not), a fraction, an
// exponent of at most 6 digits. Nothing: it is not a number.
std::optional<Decimal> parse_decimal(std::string_view text);

}  // namespace sonde::text
