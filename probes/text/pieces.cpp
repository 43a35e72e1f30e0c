#include "probes/text/pieces.hpp"

#include <algorithm>
#include <cstring>

namespace sonde::text {

std::size_t Pieces::block_of(std::string_view block) {
  std::uint32_t bytes = 0;
  std::memcpy(&bytes, block.data(), block_size);
  return (bytes * 2654435761U) >> (32U - block_bits);
}

// Eight bytes as they are; fewer with their number in the byte that is left.
std::uint64_t Pieces::gram(std::string_view bytes) {
  std::uint64_t all = 0;
  std::memcpy(&all, bytes.data(), bytes.size());
  if (bytes.size() < piece) all |= static_cast<std::uint64_t>(0xf0U | bytes.size()) << 56U;
  return all;
}

bool Pieces::has(std::string_view bytes) const {
  return std::ranges::binary_search(grams_, gram(bytes));
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
  std::ranges::sort(grams_);
  grams_.erase(std::ranges::unique(grams_).begin(), grams_.end());
}

}  // namespace sonde::text
