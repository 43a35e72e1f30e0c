#include <fmt/format.h>

#include <algorithm>

#include "probes/dialect/answer.hpp"

namespace sonde::dialect {
namespace {

int operand(text::Names& names) {
  std::uniform_int_distribution<int> two_digits(11, 99);
  return two_digits(names.random());
}

// All letters differ, so it reads otherwise backwards, and nobody answers it by chance.
Challenge reverse(text::Names& names) {
  std::string letters = "abcdefghijklmnopqrstuvwxyz";
  std::ranges::shuffle(letters, names.random());
  const std::string nonce = letters.substr(0, 8);
  return {nonce, std::string(nonce.rbegin(), nonce.rend())};
}

}  // namespace

std::span<const config::Named<ChallengeKind>> names_of(const ChallengeKind*) {
  static constexpr config::Named<ChallengeKind> all[] = {{"none", ChallengeKind::none},
                                                         {"product", ChallengeKind::product},
                                                         {"sum", ChallengeKind::sum},
                                                         {"reverse", ChallengeKind::reverse}};
  return all;
}

// Two operands of two digits: their sum and their product are larger than either.
Challenge make_challenge(ChallengeKind kind, text::Names& names) {
  if (kind == ChallengeKind::none) return {};
  if (kind == ChallengeKind::reverse) return reverse(names);
  const int a = operand(names);
  const int b = operand(names);
  if (kind == ChallengeKind::sum) return {fmt::format("{} + {}", a, b), fmt::to_string(a + b)};
  return {fmt::format("{} * {}", a, b), fmt::to_string(a * b)};
}

}  // namespace sonde::dialect
