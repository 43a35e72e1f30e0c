#include "probes/text/pieces.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace sonde::text {
namespace {

// Mixes the bits (the finalizer of SplitMix64).
std::uint64_t mixed(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  bits = (bits ^ (bits >> 27U)) * 0x94d049bb133111ebULL;
  return bits ^ (bits >> 31U);
}

// Converts ASCII capital letters to lower case, in all eight bytes at once.
std::uint64_t folded(std::uint64_t bytes) {
  constexpr std::uint64_t each = 0x0101010101010101ULL, high = 0x80 * each;
  const std::uint64_t low = bytes & ~high;
  const std::uint64_t from_a = low + (0x80 - 'A') * each, beyond_z = low + (0x80 - 'Z' - 1) * each;
  return bytes | ((from_a & ~beyond_z & ~bytes & high) >> 2U);
}

// The position of a gram in a table, or the free position for it. The table size is a power of two,
// followed by the seed.
std::size_t place_in(const std::vector<std::uint64_t>& table, std::uint64_t gram) {
  const std::size_t last = table.size() - 2;
  std::size_t at = mixed(gram ^ table.back()) & last;
  while (table[at] != 0 && table[at] != gram) at = (at + 1) & last;
  return at;
}

// Half of it is free. A target can choose grams, so the seed has to be unknown to it.
std::vector<std::uint64_t> table_of(const std::vector<std::uint64_t>& grams) {
  std::vector<std::uint64_t> table(std::bit_ceil(2 * grams.size() + 2) + 1);
  std::uint64_t seed = mixed(std::bit_cast<std::uintptr_t>(table.data()));
  for (const std::uint64_t one : grams) seed = mixed(seed ^ one);
  table.back() = seed;
  for (const std::uint64_t one : grams) table[place_in(table, one)] = one;
  return table;
}

}  // namespace

std::size_t Pieces::block_of(std::string_view block) {
  std::uint32_t bytes = 0;
  std::memcpy(&bytes, block.data(), block_size);
  constexpr std::uint32_t case_bits = 0x20202020;
  return ((bytes | case_bits) * 2654435761U) >> (32U - block_bits);
}

// Eight bytes in lower case; fewer bytes with their number in the last byte.
std::uint64_t Pieces::gram(std::string_view bytes) {
  std::uint64_t all = 0;
  std::memcpy(&all, bytes.data(), bytes.size());
  all = folded(all);
  if (bytes.size() < piece) all |= static_cast<std::uint64_t>(0xf0U | bytes.size()) << 56U;
  return all;
}

bool Pieces::has(std::string_view bytes) const {
  const std::uint64_t one = gram(bytes);
  return one != 0 && grams_[place_in(grams_, one)] == one;
}

void Pieces::add(std::string_view text, const std::vector<std::uint64_t>& spared) {
  if (text.size() < shortest) return;
  const std::size_t size = std::min(text.size(), piece);
  const auto add_all = [&](const std::vector<std::uint64_t>& except) {
    const std::size_t before = grams_.size();
    for (std::size_t at = 0; at + size <= text.size(); ++at) {
      const std::uint64_t one = gram(text.substr(at, size));
      if (!std::ranges::binary_search(except, one)) grams_.push_back(one);
    }
    return grams_.size() > before;
  };
  if (!add_all(spared)) add_all({});
  sizes_[size] = true;
  size_min_ = std::min(size_min_, size);
  for (std::size_t at = 0; at + block_size <= text.size(); ++at) {
    const std::size_t bit = block_of(text.substr(at, block_size));
    blocks_[bit / 64] |= 1ULL << (bit % 64);
  }
}

Pieces::Pieces(std::span<const std::string_view> texts, std::span<const std::string> spared) {
  std::vector<std::uint64_t> known;
  for (const std::string_view text : spared)
    for (std::size_t at = 0; at + piece <= text.size(); ++at)
      known.push_back(gram(text.substr(at, piece)));
  std::ranges::sort(known);
  blocks_.assign((1U << block_bits) / 64, 0);
  for (const std::string_view text : texts) add(text, known);
  std::erase(grams_, 0);  // of a text of NULs: 0 marks a free position
  if (!grams_.empty()) grams_ = table_of(grams_);
}

}  // namespace sonde::text
