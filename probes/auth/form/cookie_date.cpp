#include "probes/auth/form/cookie_date.hpp"

#include <algorithm>
#include <array>

#include "probes/text/ascii.hpp"

namespace sonde::auth {
namespace {

struct Found {
  std::optional<int> day, month, year, hour, minute, second;
};

bool is_delimiter(char c) {
  return c == 0x09 || (c >= 0x20 && c <= 0x2f) || (c >= 0x3b && c <= 0x40) ||
         (c >= 0x5b && c <= 0x60) || (c >= 0x7b && c <= 0x7e);
}

// The number with `least` to `most` digits at the start of the token.
std::optional<int> digits(std::string_view token, std::size_t least, std::size_t most) {
  std::size_t count = 0;
  int value = 0;
  for (; count < token.size() && text::is_digit(token[count]); ++count)
    if (count < most) value = value * 10 + (token[count] - '0');
  if (count < least || count > most) return std::nullopt;
  return value;
}

bool read_time(std::string_view token, Found& found) {
  std::array<std::optional<int>, 3> parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts[i] = digits(token, 1, 2);
    const std::size_t colon = token.find(':');
    if (!parts[i] || (i < 2 && colon == token.npos)) return false;
    if (i < 2) token.remove_prefix(colon + 1);
  }
  found.hour = parts[0];
  found.minute = parts[1];
  found.second = parts[2];
  return true;
}

std::optional<int> month_of(std::string_view token) {
  constexpr std::string_view names = "janfebmaraprmayjunjulaugsepoctnovdec";
  if (token.size() < 3) return std::nullopt;
  const auto at = names.find(text::lowered(token.substr(0, 3)));
  if (at == names.npos || at % 3 != 0) return std::nullopt;
  return static_cast<int>(at / 3) + 1;
}

void read_token(std::string_view token, Found& found) {
  if (!found.hour && token.contains(':') && read_time(token, found)) return;
  if (!found.day) {
    found.day = digits(token, 1, 2);
    if (found.day) return;
  }
  if (!found.month) {
    found.month = month_of(token);
    if (found.month) return;
  }
  if (!found.year) found.year = digits(token, 2, 4);
}

int whole_year(int year) {
  if (year >= 70 && year <= 99) return year + 1900;
  return year >= 0 && year <= 69 ? year + 2000 : year;
}

}  // namespace

std::optional<std::chrono::sys_seconds> parse_cookie_date(std::string_view text) {
  Found found;
  while (!text.empty()) {
    const auto begin = std::ranges::find_if_not(text, is_delimiter);
    const auto end = std::find_if(begin, text.end(), is_delimiter);
    read_token({begin, end}, found);
    text = {end, text.end()};
  }
  if (!found.day || !found.month || !found.year || !found.hour) return std::nullopt;
  const std::chrono::year_month_day day(std::chrono::year(whole_year(*found.year)),
                                        std::chrono::month(static_cast<unsigned>(*found.month)),
                                        std::chrono::day(static_cast<unsigned>(*found.day)));
  if (!day.ok() || day.year() < std::chrono::year(1601) || *found.hour > 23 || *found.minute > 59 ||
      *found.second > 59)
    return std::nullopt;
  return std::chrono::sys_days(day) + std::chrono::hours(*found.hour) +
         std::chrono::minutes(*found.minute) + std::chrono::seconds(*found.second);
}

}  // namespace sonde::auth
