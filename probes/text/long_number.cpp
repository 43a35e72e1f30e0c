#include "probes/text/long_number.hpp"

#include <charconv>
#include <cstdint>

#include "probes/text/ascii.hpp"

namespace sonde::text {
namespace {

constexpr std::string_view long_mark = "\xef\xb7\x90";
constexpr std::size_t digits_least = 19;  // of a number with more than 64 bits

// A number of this many digits has a digit at a multiple of their number, so only those are
// checked.
bool may_have_long_number(std::string_view json) {
  for (std::size_t at = digits_least - 1; at < json.size(); at += digits_least) {
    if (!is_digit(json[at])) continue;
    std::size_t from = at, end = at;
    while (from > 0 && is_digit(json[from - 1])) --from;
    while (end < json.size() && is_digit(json[end])) ++end;
    if (end - from >= digits_least) return true;
  }
  return false;
}

std::size_t end_of_text(std::string_view json, std::size_t at) {
  for (++at; at < json.size() && json[at] != '"'; ++at)
    if (json[at] == '\\') ++at;
  return at + 1 < json.size() ? at + 1 : json.size();
}

std::size_t end_of_number(std::string_view json, std::size_t at) {
  const auto end = json.find_first_not_of("+-.0123456789eE", at);
  return end == json.npos ? json.size() : end;
}

template <typename Number>
bool overflows(std::string_view digits) {
  Number number{};
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return read.ec == std::errc::result_out_of_range && read.ptr == digits.data() + digits.size();
}

bool is_long(std::string_view number) {
  const bool negative = number.starts_with('-');
  const std::string_view digits = number.substr(negative ? 1 : 0);
  if (digits.size() < digits_least || digits.starts_with('0')) return false;
  return negative ? overflows<std::int64_t>(number) : overflows<std::uint64_t>(number);
}

}  // namespace

std::optional<std::string> mark_long_numbers(std::string_view json) {
  if (!may_have_long_number(json)) return std::nullopt;
  std::string out;
  bool any = false;
  for (std::size_t at = 0; at < json.size();) {
    const bool number = is_digit(json[at]) || json[at] == '-';
    const std::size_t end = json[at] == '"' ? end_of_text(json, at)
                            : number        ? end_of_number(json, at)
                                            : at + 1;
    const std::string_view piece = json.substr(at, end - at);
    const bool marked = number && is_long(piece);
    any |= marked;
    if (marked) out.append("\"").append(long_mark);
    out += piece;
    if (marked) out += '"';
    at = end;
  }
  return any ? std::optional(std::move(out)) : std::nullopt;
}

std::optional<std::string_view> long_number(std::string_view text) {
  if (!text.starts_with(long_mark)) return std::nullopt;
  const std::string_view number = text.substr(long_mark.size());
  return is_long(number) ? std::optional(number) : std::nullopt;
}

std::string unmark_long_numbers(std::string json) {
  for (auto at = json.find(long_mark); at != json.npos; at = json.find(long_mark, at)) {
    const std::size_t end = end_of_number(json, at + long_mark.size());
    const bool marked =
        at > 0 && json[at - 1] == '"' && end < json.size() && json[end] == '"' &&
        is_long(std::string_view(json).substr(at + long_mark.size(), end - at - long_mark.size()));
    if (marked) {
      json.erase(end, 1);
      json.erase(at - 1, 1 + long_mark.size());
    }
    at = marked ? at : end;
  }
  return json;
}

}  // namespace sonde::text
