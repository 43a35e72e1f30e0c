#include "daemon/store/packed.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

#include "probes/core/run_id.hpp"
#include "probes/text/encode.hpp"

namespace sonde::store {
namespace {

constexpr std::size_t run_bytes = 16;

void append(std::string& bytes, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7) bytes += static_cast<char>(number | 0x80);
  bytes += static_cast<char>(number);
}

// Takes a number from the front; nullopt: there is none.
std::optional<std::uint64_t> take(std::string_view& bytes) {
  std::uint64_t number = 0;
  for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    number |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
    if (byte < 0x80) return number;
  }
  return std::nullopt;
}

}  // namespace

std::string pack_run(std::string_view id) {
  return is_run_id(id) ? text::from_hex(id).value_or("") : "";
}

std::string run_from(std::string_view bytes) {
  return bytes.size() == run_bytes ? text::hex(bytes) : "";
}

std::string pack_phases(const PhaseTimes& times, Names& names) {
  std::string bytes;
  for (const auto& [phase, took] : times) {
    append(bytes, static_cast<std::uint64_t>(names.id(phase)));
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
    append(bytes, static_cast<std::uint64_t>(std::max<std::int64_t>(us, 0)));
  }
  return bytes;
}

PhaseTimes phases_from(std::string_view bytes, const NamesById& names) {
  PhaseTimes times;
  while (!bytes.empty()) {
    const auto id = take(bytes), us = take(bytes);
    if (!id || !us) break;
    const std::string* name = names.find(static_cast<std::int64_t>(*id));
    if (const auto phase = name == nullptr ? std::nullopt : phase_named(*name))
      times.emplace_back(*phase, std::chrono::microseconds(*us));
  }
  return times;
}

}  // namespace sonde::store
