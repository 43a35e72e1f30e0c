#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sonde::text {

// Searches for pieces of a set of texts: every sequence of 8 bytes in one of them, and shorter
// texts as a whole. Texts of less than 4 bytes are ignored. Uses 16 to 32 bytes of memory for each
// byte of the texts. A search is linear in the searched text, whatever it and the texts contain.
class Pieces {
 public:
  static constexpr std::size_t piece = 8, shortest = 4;

  // Pieces that a text shares with `spared` are not searched for, unless nothing else of the text
  // would be left.
  Pieces(std::span<const std::string_view> texts, std::span<const std::string> spared);

  bool empty() const { return grams_.empty(); }
  // The size of the shortest piece.
  std::size_t size_min() const { return size_min_; }

  // Calls found(begin, end) for each piece, in no particular order; they may overlap.
  template <class Found>
  void find(std::string_view text, Found found) const {
    if (empty()) return;
    const std::size_t step = size_min_ - block_size + 1;
    for (std::size_t at = 0; at + block_size <= text.size(); at += step)
      if (has_block(text.substr(at, block_size))) find_around(text, at, found);
  }

 private:
  static constexpr std::size_t block_size = 4, block_bits = 15;

  void add(std::string_view text, const std::vector<std::uint64_t>& spared);
  bool has_block(std::string_view block) const {
    const std::size_t bit = block_of(block);
    return (blocks_[bit / 64] >> (bit % 64) & 1U) != 0;
  }
  static std::size_t block_of(std::string_view block);
  static std::uint64_t gram(std::string_view bytes);
  bool has(std::string_view bytes) const;

  template <class Found>
  void find_around(std::string_view text, std::size_t block, Found& found) const {
    for (std::size_t size = size_min_; size <= piece; ++size) {
      if (!sizes_[size]) continue;
      const std::size_t reach = size - block_size;
      for (std::size_t at = block - std::min(block, reach); at <= block; ++at)
        if (at + size <= text.size() && has(text.substr(at, size))) found(at, at + size);
    }
  }

  std::vector<std::uint64_t> grams_;   // a hash table, with its seed at the end
  std::vector<std::uint64_t> blocks_;  // a bit set of hashes of their 4-byte blocks
  std::array<bool, piece + 1> sizes_{};
  std::size_t size_min_ = piece;
};

}  // namespace sonde::text
