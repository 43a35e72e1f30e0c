#include "probes/net/date.hpp"

namespace sonde::net {
namespace {

constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::string_view layout = "???, ## ??? #### ##:##:## GMT";

bool has_form(std::string_view text) {
  if (text.size() != layout.size()) return false;
  for (std::size_t i = 0; i < layout.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (layout[i] == '#' ? !digit : layout[i] != '?' && layout[i] != text[i]) return false;
  }
  return true;
}

int number_of(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

}  // namespace

std::optional<std::chrono::sys_seconds> parse_date(std::string_view text) {
  if (!has_form(text)) return std::nullopt;
  const auto month = months.find(text.substr(8, 3));
  if (month == std::string_view::npos || month % 3 != 0) return std::nullopt;
  const std::chrono::year_month_day day(
      std::chrono::year(number_of(text.substr(12, 4))),
      std::chrono::month(static_cast<unsigned>(month / 3 + 1)),
      std::chrono::day(static_cast<unsigned>(number_of(text.substr(5, 2)))));
  const int hour = number_of(text.substr(17, 2)), minute = number_of(text.substr(20, 2)),
            second = number_of(text.substr(23, 2));
  if (!day.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  return std::chrono::sys_days(day) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
}

}  // namespace sonde::net
