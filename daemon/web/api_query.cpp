#include "daemon/web/api_query.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cmath>

#include "config/mistake.hpp"
#include "probes/text/encode.hpp"
#include "probes/text/printable.hpp"
#include "probes/text/time.hpp"

namespace sonde::web {
namespace {

// Begins what is encoded, so that another text, a name for instance, is no cursor.
constexpr std::string_view cursor_mark = "after:";

}  // namespace

ApiQuery::ApiQuery(std::string_view query, std::initializer_list<std::string_view> known)
    : parameters_(text::read_parameters(query)) {
  const std::vector<std::string_view> names(known);
  for (const auto& [name, value] : parameters_) {
    if (std::ranges::find(names, name) != names.end()) continue;
    const std::string_view near = config::nearest(name, names);
    mistake(text::printable(name, true, 100),
            near.empty() ? fmt::format("unknown; the parameters are {}", fmt::join(names, ", "))
                         : fmt::format("unknown; did you mean '{}'?", near));
  }
}

void ApiQuery::mistake(std::string_view name, std::string_view what) {
  wrong_ += fmt::format("{}{}: {}", wrong_.empty() ? "" : "; ", name, what);
}

std::string ApiQuery::text(std::string_view name) const {
  const auto found = parameters_.find(name);
  return found == parameters_.end() ? "" : found->second;
}

std::string ApiQuery::word(std::string_view name, std::initializer_list<std::string_view> words) {
  std::string value = text(name);
  if (value.empty() || std::ranges::find(words, value) != words.end()) return value;
  mistake(name, fmt::format("one of {}", fmt::join(words, ", ")));
  return "";
}

void ApiQuery::add_unknown(std::string_view name, std::string_view value) {
  mistake(name, fmt::format("there is no '{}'", text::printable(value, true, 100)));
}

std::optional<WallTime> ApiQuery::time(std::string_view name) {
  const std::string value = text(name);
  if (value.empty()) return std::nullopt;
  double seconds = 0;
  const char* end = value.data() + value.size();
  const auto read = std::from_chars(value.data(), end, seconds);
  if (read.ec == std::errc() && read.ptr == end && seconds >= 0 && seconds < 1e11)
    return WallTime(std::chrono::round<WallTime::duration>(std::chrono::duration<double>(seconds)));
  const auto written = text::parse_time(value);
  const auto wall = written ? written->wall() : std::nullopt;
  if (!wall)
    mistake(name, fmt::format("'{}' is no time; write 2026-12-01T02:00:00Z or Unix seconds",
                              text::printable(value, true, 100)));
  return wall;
}

bool ApiQuery::flag(std::string_view name) { return word(name, {"true", "false"}) == "true"; }

std::optional<std::int64_t> ApiQuery::number(std::string_view name, std::int64_t max) {
  const std::string value = text(name);
  if (value.empty()) return std::nullopt;
  std::int64_t number = 0;
  const char* end = value.data() + value.size();
  const auto read = std::from_chars(value.data(), end, number);
  if (read.ec == std::errc() && read.ptr == end && number >= 1 && number <= max) return number;
  mistake(name, fmt::format("a number from 1 to {}", max));
  return std::nullopt;
}

std::size_t ApiQuery::limit(std::size_t fallback, std::size_t max) {
  const auto given = number("limit", static_cast<std::int64_t>(max));
  return given ? static_cast<std::size_t>(*given) : fallback;
}

std::optional<std::string> ApiQuery::after() {
  const auto found = parameters_.find("after");
  if (found == parameters_.end()) return std::nullopt;
  const auto key = text::from_base64url(found->second);
  if (key && key->starts_with(cursor_mark)) return key->substr(cursor_mark.size());
  mistake("after", "the `next` of the page before");
  return std::nullopt;
}

std::string cursor_of(std::string_view key) {
  return text::base64url(std::string(cursor_mark) + std::string(key));
}

std::string time_key(WallTime at, std::string_view name) {
  const auto since = std::chrono::floor<std::chrono::milliseconds>(at.time_since_epoch()).count();
  return fmt::format("{:020} {}", since, name);
}

}  // namespace sonde::web
