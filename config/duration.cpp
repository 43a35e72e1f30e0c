#include "config/duration.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <optional>

namespace sonde::config {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t nanoseconds;
};
constexpr std::array<Unit, 6> units{{{"d", 86'400'000'000'000},
                                     {"h", 3'600'000'000'000},
                                     {"m", 60'000'000'000},
                                     {"s", 1'000'000'000},
                                     {"ms", 1'000'000},
                                     {"us", 1'000}}};
constexpr auto span_max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
constexpr std::string_view digits = "0123456789";

std::string_view take(std::string_view& text, std::size_t size) {
  const std::string_view taken = text.substr(0, size);
  text.remove_prefix(taken.size());
  return taken;
}

std::string_view take_digits(std::string_view& text) {
  return take(text, text.find_first_not_of(digits));
}

std::size_t unit_index(std::string_view name) {
  std::size_t index = 0;
  while (index < units.size() && units[index].name != name) ++index;
  return index;
}

// whole.fraction units in nanoseconds; nullopt if that overflows or is not an integer.
std::optional<std::uint64_t> nanoseconds(std::string_view whole, std::string_view fraction,
                                         std::uint64_t unit) {
  std::uint64_t sum = 0;
  for (const char digit : whole) {
    sum = sum * 10 + static_cast<std::uint64_t>(digit - '0');
    if (sum > span_max / unit) return std::nullopt;
  }
  sum *= unit;
  for (const char digit : fraction) {
    if (digit != '0' && unit % 10 != 0) return std::nullopt;
    unit /= 10;
    sum += static_cast<std::uint64_t>(digit - '0') * unit;
  }
  return sum > span_max ? std::nullopt : std::optional(sum);
}

struct Part {
  std::uint64_t nanoseconds = 0;
  std::size_t unit = 0;
};

// The next "1.5h" of the text, whose unit has to come after the first `units_passed` ones.
std::expected<Part, std::string> take_part(std::string_view& text, std::size_t units_passed) {
  const std::string_view whole = take_digits(text);
  if (whole.empty()) return std::unexpected("a number is missing");
  std::string_view fraction;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    fraction = take_digits(text);
    if (fraction.empty()) return std::unexpected("a digit is missing after the point");
  }
  const std::string_view name = take(text, text.find_first_of(digits));
  if (name.empty()) return std::unexpected("the unit is missing");
  const std::size_t unit = unit_index(name);
  if (unit == units.size()) return std::unexpected("the units are d, h, m, s, ms and us");
  if (unit < units_passed) return std::unexpected("its units must fall, as in 1h30m");
  const auto amount = nanoseconds(whole, fraction, units[unit].nanoseconds);
  if (!amount) return std::unexpected("it is too long, or finer than a nanosecond");
  return Part{*amount, unit};
}

// As one decimal number of `unit`; nullopt if it is below 1 or not finite.
std::optional<std::string> in_one_unit(std::uint64_t span, const Unit& unit) {
  std::uint64_t rest = span % unit.nanoseconds;
  if (span < unit.nanoseconds && unit.name != "us") return std::nullopt;
  std::string text = std::to_string(span / unit.nanoseconds);
  if (rest != 0) text += '.';
  for (std::uint64_t place = unit.nanoseconds; rest != 0; rest %= place) {
    if (place % 10 != 0) return std::nullopt;
    place /= 10;
    text += static_cast<char>('0' + rest / place);
  }
  return text.append(unit.name);
}

std::string in_many_units(std::uint64_t span) {
  std::string text;
  for (const Unit& unit : units) {
    const bool last = &unit == &units.back();
    if (span >= unit.nanoseconds || (last && span != 0)) {
      const std::uint64_t part = last ? span : span - span % unit.nanoseconds;
      text += in_one_unit(part, unit).value_or("");
      span -= part;
    }
  }
  return text;
}

}  // namespace

std::expected<Span, std::string> parse_duration(std::string_view text) {
  if (text.empty()) return std::unexpected("it is empty");
  if (text.starts_with('-')) return std::unexpected("it cannot be negative");
  std::uint64_t sum = 0;
  std::size_t units_passed = 0;
  while (!text.empty()) {
    const auto part = take_part(text, units_passed);
    if (!part) return std::unexpected(part.error());
    if (part->nanoseconds > span_max - sum) return std::unexpected("it is too long");
    sum += part->nanoseconds;
    units_passed = part->unit + 1;
  }
  return Span(static_cast<std::int64_t>(sum));
}

std::string show(Span span) {
  if (span == Span::zero()) return "0s";
  const auto count = static_cast<std::uint64_t>(span.count());
  const std::uint64_t size = span < Span::zero() ? 0 - count : count;
  std::string best = in_many_units(size);
  for (const Unit& unit : units)
    if (const auto text = in_one_unit(size, unit); text && text->size() < best.size()) best = *text;
  return span < Span::zero() ? "-" + best : best;
}

}  // namespace sonde::config
