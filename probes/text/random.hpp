#pragma once
#include <cstdint>
#include <limits>

namespace sonde::text {

// The mixing function of SplitMix64 (Steele, Lea, Flood 2014); a bijection.
constexpr std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

// The seed of the participant with this number in a run: all are different from each other and from
// `seed`. Never add to a seed instead.
constexpr std::uint64_t seed_of(std::uint64_t seed, std::uint64_t number) {
  return mix(mix(seed ^ 0xa0761d6478bd642fULL) + mix(number + 1));
}

// SplitMix64: sufficient for nonces that need not be unpredictable. A UniformRandomBitGenerator.
// All its streams are parts of one sequence, in which a state is a position; so the seed is mixed
// first, because seeds that differ by the generator's step would give the same stream, shifted. A
// copy is a new stream, different from that of any other copy; a moved generator continues.
class Random {
 public:
  using result_type = std::uint64_t;
  explicit Random(std::uint64_t seed) : state_(mix(seed ^ 0xd1342543de82ef95ULL)) {}
  Random(const Random& other) : state_(seed_of(other.state_, ++other.copies_)) {}
  Random& operator=(const Random& other) { return *this = Random(other); }
  Random(Random&&) = default;
  Random& operator=(Random&&) = default;
  ~Random() = default;

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }
  result_type operator()() { return mix(state_ += 0x9e3779b97f4a7c15ULL); }

 private:
  std::uint64_t state_;
  mutable std::uint64_t copies_ = 0;  // copies made of it
};

}  // namespace sonde::text
