#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace sonde::schedule {

// A hash that is the same in every process, build and machine: FNV-1a over the parts, each followed
// by a zero byte, finished with the mixer of MurmurHash3 so that all bits are usable.
constexpr std::uint64_t stable_hash(std::initializer_list<std::string_view> parts) {
  std::uint64_t hash = 14695981039346656037ULL;
  auto eat = [&hash](unsigned char byte) { hash = (hash ^ byte) * 1099511628211ULL; };
  for (std::string_view part : parts) {
    for (char c : part) eat(static_cast<unsigned char>(c));
    eat(0);
  }
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdULL;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53ULL;
  return hash ^ (hash >> 33);
}

// Which of `workers` (at least one) owns a target, and so all that the target's probes share.
constexpr std::size_t share(std::string_view target, std::size_t workers) {
  return stable_hash({target}) % workers;
}

}  // namespace sonde::schedule
