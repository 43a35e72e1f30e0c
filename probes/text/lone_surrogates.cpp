#include "probes/text/lone_surrogates.hpp"

#include <charconv>
#include <cstdint>

namespace sonde::text {
namespace {

constexpr std::size_t escape_size = 6;  // of \uXXXX

// The number of the \uXXXX at the start of a text; nullopt: there is none.
std::optional<std::uint32_t> escaped_unit(std::string_view text) {
  if (text.size() < escape_size || !text.starts_with("\\u")) return std::nullopt;
  std::uint32_t unit = 0;
  const char* const end = text.data() + escape_size;
  const auto read = std::from_chars(text.data() + 2, end, unit, 16);
  return read.ec == std::errc() && read.ptr == end ? std::optional(unit) : std::nullopt;
}

bool is_high(std::uint32_t unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool is_low(std::uint32_t unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

}  // namespace

std::optional<std::string> without_lone_surrogates(std::string_view json) {
  std::optional<std::string> out;
  std::size_t copied = 0;
  for (std::size_t at = json.find('\\'); at != json.npos; at = json.find('\\', at)) {
    const auto unit = escaped_unit(json.substr(at));
    const auto next = unit ? escaped_unit(json.substr(at + escape_size)) : std::nullopt;
    if (unit && is_high(*unit) && next && is_low(*next)) {
      at += 2 * escape_size;
    } else if (unit && (is_high(*unit) || is_low(*unit))) {
      if (!out) out.emplace();
      out->append(json.substr(copied, at - copied)).append("\\ufffd");
      at += escape_size;
      copied = at;
    } else {
      at += 2;  // an escape of one character, or of another unit
    }
  }
  if (out) out->append(json.substr(copied));
  return out;
}

}  // namespace sonde::text
