#include "probes/text/decimal.hpp"

#include <cstdlib>

#include "probes/text/ascii.hpp"

namespace sonde::text {
namespace {

std::string_view take_digits(std::string_view& rest) {
  std::size_t end = 0;
  while (end < rest.size() && is_digit(rest[end])) ++end;
  const std::string_view digits = rest.substr(0, end);
  rest.remove_prefix(end);
  return digits;
}

bool take(std::string_view& rest, char c) {
  const bool there = rest.starts_with(c);
  if (there) rest.remove_prefix(1);
  return there;
}

// "2146" or "2,146"; nullopt: neither.
std::optional<std::string> take_whole(std::string_view& rest) {
  std::string digits(take_digits(rest));
  if (digits.empty() || (rest.starts_with(',') && digits.size() > 3)) return std::nullopt;
  while (take(rest, ',')) {
    const std::string_view group = take_digits(rest);
    if (group.size() != 3) return std::nullopt;
    digits += group;
  }
  return digits;
}

std::optional<long> take_exponent(std::string_view& rest) {
  if (!take(rest, 'e') && !take(rest, 'E')) return 0;
  const bool negative = take(rest, '-');
  if (!negative) take(rest, '+');
  const std::string digits(take_digits(rest));
  if (digits.empty() || digits.size() > 6) return std::nullopt;
  const long exponent = std::atol(digits.c_str());
  return negative ? -exponent : exponent;
}

Decimal normal(bool negative, std::string digits, long point) {
  const auto first = digits.find_first_not_of('0');
  if (first == std::string::npos) return {};
  digits.erase(0, first);
  digits.erase(digits.find_last_not_of('0') + 1);
  return {negative, std::move(digits), point - static_cast<long>(first)};
}

}  // namespace

std::optional<Decimal> parse_decimal(std::string_view text) {
  const bool negative = take(text, '-');
  if (!negative) take(text, '+');
  auto digits = take_whole(text);
  if (!digits) return std::nullopt;
  const auto whole = static_cast<long>(digits->size());
  if (take(text, '.')) {
    const std::string_view fraction = take_digits(text);
    if (fraction.empty()) return std::nullopt;
    *digits += fraction;
  }
  const auto exponent = take_exponent(text);
  if (!exponent || !text.empty()) return std::nullopt;
  return normal(negative, *std::move(digits), whole + *exponent);
}

}  // namespace sonde::text
