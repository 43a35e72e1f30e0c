#include "probes/core/run_id.hpp"

#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

namespace sonde {
namespace {

constexpr std::size_t digits = 32;

template <std::size_t n>
std::array<std::uint32_t, n> random_words() {
  std::array<std::uint32_t, n> words{};
  if (::getrandom(words.data(), sizeof words, 0) != sizeof words) std::abort();
  words.back() |= 1U;  // a parent-id of zeros is invalid
  return words;
}

}  // namespace

std::string make_run_id(std::chrono::system_clock::time_point began) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(began.time_since_epoch()).count();
  const auto random = random_words<3>();
  return fmt::format("{:08x}{:08x}{:08x}{:08x}", static_cast<std::uint32_t>(seconds), random[0],
                     random[1], random[2]);
}

std::string make_traceparent(std::string_view run_id) {
  const auto random = random_words<2>();
  return fmt::format("00-{}-{:08x}{:08x}-01", run_id, random[0], random[1]);
}

bool is_run_id(std::string_view text) {
  return text.size() == digits && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace sonde
