#include "probes/text/functions.hpp"

#include <fmt/format.h>

#include <chrono>

#include "probes/text/ascii.hpp"
#include "probes/text/encode.hpp"
#include "probes/text/json.hpp"
#include "probes/text/time.hpp"

namespace sonde::text {
namespace {

using Arguments = std::span<const std::int64_t>;

std::string_view accept(Arguments) { return ""; }

// RFC 9562 section 5.4: version 4, variant 10.
std::string uuid(Names& names, Arguments) {
  const std::uint64_t high = (names.random()() & ~0xF000ULL) | 0x4000ULL;
  const std::uint64_t low = (names.random()() & ~(3ULL << 62)) | (1ULL << 63);
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xFFFF,
                     high & 0xFFFF, low >> 48, low & 0xFFFFFFFFFFFF);
}

std::string nonce(Names& names, Arguments arguments) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::string out;
  for (std::int64_t i = 0; i < arguments[0]; ++i) out += letters[names.random()() % letters.size()];
  return out;
}

std::string_view refuse_nonce(Arguments arguments) {
  return arguments[0] >= 1 && arguments[0] <= 256 ? "" : "nonce(n) takes 1 to 256 characters";
}

std::string rand_between(Names& names, Arguments arguments) {
  std::uniform_int_distribution<std::int64_t> between(arguments[0], arguments[1]);
  return fmt::to_string(between(names.random()));
}

std::string_view refuse_rand(Arguments arguments) {
  return arguments[0] <= arguments[1] ? "" : "rand(a,b) needs a <= b";
}

std::string counter(Names& names, Arguments) { return fmt::to_string(names.next_count()); }

std::string now(Names&, Arguments) { return as_rfc3339(std::chrono::system_clock::now()); }

constexpr Function all_functions[] = {
    {"uuid", 0, uuid, accept},
    {"nonce", 1, nonce, refuse_nonce},
    {"rand", 2, rand_between, refuse_rand},
    {"counter", 0, counter, accept},
    {"now", 0, now, accept},
};

std::string as_it_is(std::string_view text) { return std::string(text); }

std::string byte_length(std::string_view text) { return fmt::to_string(text.size()); }

std::string unhex(std::string_view text) { return from_hex(text).value_or(""); }

constexpr Filter all_filters[] = {
    {"json", json_escape},      {"b64", base64},    {"b64url", base64url}, {"hex", hex},
    {"urlenc", percent_encode}, {"lower", lowered}, {"sha256", sha256},    {"xml", xml_escape},
    {"unhex", unhex},           {"len16", len16},   {"varint", varint},    {"len", byte_length},
    {number_filter, as_it_is},
};

}  // namespace

std::span<const Function> functions() { return all_functions; }
std::span<const Filter> filters() { return all_filters; }

}  // namespace sonde::text
