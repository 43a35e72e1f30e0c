#include "config/scalars.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "config/codec.hpp"

namespace sonde::config {
namespace {

constexpr std::array<std::pair<std::string_view, unsigned>, 3> byte_units{
    {{"GB", 30}, {"MB", 20}, {"KB", 10}}};

// Drops leading digits; false if there are none.
bool skip_digits(std::string_view& text) {
  const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(count);
  return count > 0;
}

bool skip(std::string_view& text, char wanted) {
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(1);
  return true;
}

template <class T>
std::optional<T> from_text(std::string_view text) {
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

bool is_number(std::string_view text) {
  skip(text, '-');
  if (!skip(text, '0') && !skip_digits(text)) return false;
  if (skip(text, '.') && !skip_digits(text)) return false;
  if (!skip(text, 'e') && !skip(text, 'E')) return text.empty();
  if (!skip(text, '+')) skip(text, '-');
  return skip_digits(text) && text.empty();
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  if (!is_number(text)) return std::nullopt;
  return from_text<std::int64_t>(text);
}

std::optional<double> parse_number(std::string_view text) {
  if (!is_number(text)) return std::nullopt;
  return from_text<double>(text);
}

std::optional<std::size_t> parse_bytes(std::string_view text) {
  unsigned shift = 0;
  for (const auto& [name, bits] : byte_units) {
    if (!text.ends_with(name)) continue;
    text.remove_suffix(name.size());
    shift = bits;
  }
  const auto count = parse_integer(text);
  if (!count || *count < 0 || text.starts_with('-')) return std::nullopt;
  const auto size = static_cast<std::size_t>(*count);
  if (size > std::numeric_limits<std::int64_t>::max() >> shift) return std::nullopt;
  return size << shift;
}

std::string show_bytes(std::size_t bytes) {
  for (const auto& [name, bits] : byte_units)
    if (bytes != 0 && bytes % (std::size_t{1} << bits) == 0)
      return std::to_string(bytes >> bits) + std::string(name);
  return std::to_string(bytes);
}

std::string show_number(double number) {
  std::array<char, 32> text{};
  const bool plain = number == 0 || (std::abs(number) >= 1e-6 && std::abs(number) < 1e15);
  const auto format = plain ? std::chars_format::fixed : std::chars_format::general;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number, format).ptr;
  return {text.data(), end};
}

}  // namespace sonde::config
