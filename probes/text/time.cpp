#include "probes/text/time.hpp"

#include <fmt/chrono.h>

#include <algorithm>

#include "probes/text/ascii.hpp"

namespace sonde::text {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using Seconds = std::chrono::seconds;

// Reads fields of fixed width; one invalid field makes all later ones invalid.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  int digits(std::size_t count, int least, int most) {
    const std::string_view field = rest_.substr(0, count);
    const bool plain = std::ranges::all_of(field, is_digit);
    int number = 0;
    if (plain && field.size() == count)
      for (char c : field) number = 10 * number + (c - '0');
    good_ = good_ && plain && field.size() == count && number >= least && number <= most;
    rest_.remove_prefix(field.size());
    return number;
  }
  bool takes(std::string_view any_of) {
    const bool there = !rest_.empty() && any_of.contains(rest_.front());
    if (there) rest_.remove_prefix(1);
    return there;
  }
  void expect(std::string_view any_of) { good_ = takes(any_of) && good_; }
  void skip_digits() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of("0123456789"), rest_.size()));
  }
  bool at_end() const { return good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

minutes clock_of(Cursor& cursor) {
  const hours hour(cursor.digits(2, 0, 23));
  cursor.expect(":");
  return hour + minutes(cursor.digits(2, 0, 59));
}

std::optional<Seconds> offset_of(Cursor& cursor) {
  if (cursor.takes("Zz")) return Seconds(0);
  if (cursor.takes("+")) return clock_of(cursor);
  if (cursor.takes("-")) return -clock_of(cursor);
  return std::nullopt;
}

}  // namespace

std::string as_rfc3339(std::chrono::system_clock::time_point at) {
  const auto second = std::chrono::floor<std::chrono::seconds>(at);
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(at - second).count();
  const std::tm utc = fmt::gmtime(std::chrono::system_clock::to_time_t(second));
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", utc, millis);
}

std::optional<std::chrono::system_clock::time_point> WrittenTime::wall() const {
  if (!offset) return std::nullopt;
  return std::chrono::system_clock::time_point(local.time_since_epoch() - *offset);
}

std::optional<WrittenTime> parse_time(std::string_view text) {
  Cursor cursor(text);
  const std::chrono::year year(cursor.digits(4, 2000, 2199));
  cursor.expect("-");
  const std::chrono::month month(static_cast<unsigned>(cursor.digits(2, 1, 12)));
  cursor.expect("-");
  const std::chrono::day day(static_cast<unsigned>(cursor.digits(2, 1, 31)));
  cursor.expect("Tt ");
  Seconds time = clock_of(cursor);
  if (cursor.takes(":")) time += Seconds(cursor.digits(2, 0, 59));
  if (cursor.takes(".")) cursor.skip_digits();
  const std::chrono::year_month_day date(year, month, day);
  const std::optional<Seconds> offset = offset_of(cursor);
  if (!cursor.at_end() || !date.ok()) return std::nullopt;
  return WrittenTime{.local = std::chrono::local_days(date) + time, .offset = offset};
}

std::optional<minutes> parse_clock(std::string_view text) {
  Cursor cursor(text);
  const minutes time = clock_of(cursor);
  return cursor.at_end() ? std::optional(time) : std::nullopt;
}

}  // namespace sonde::text
