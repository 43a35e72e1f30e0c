#include <gtest/gtest.h>

#include <string>

#include "probes/net/tls/tls_verify.hpp"

namespace sonde::net::tls_verified_test {
namespace {

GoodChains::Good good_from_100_to_200() {
  return {.facts = {.subject = "CN = good.test"}, .from = 100, .until = 200};
}

TEST(GoodChains, WhatWasGoodIsGoodWithinItsValidity) {
  GoodChains chains;
  chains.keep("chain", good_from_100_to_200());
  ASSERT_NE(chains.find("chain", 100), nullptr);
  EXPECT_EQ(chains.find("chain", 200)->facts.subject, "CN = good.test");
}

TEST(GoodChains, OutsideItsValidityItIsVerifiedAgain) {
  GoodChains chains;
  chains.keep("chain", good_from_100_to_200());
  EXPECT_EQ(chains.find("chain", 99), nullptr);
  EXPECT_EQ(chains.find("chain", 201), nullptr);
}

TEST(GoodChains, AnotherChainIsUnknown) {
  GoodChains chains;
  chains.keep("chain", good_from_100_to_200());
  EXPECT_EQ(chains.find("chains", 150), nullptr);
}

TEST(GoodChains, EverNewChainsDoNotPileUp) {
  GoodChains chains;
  for (int i = 0; i < 1000; ++i) chains.keep(std::to_string(i), good_from_100_to_200());
  int kept = 0;
  for (int i = 0; i < 1000; ++i) kept += chains.find(std::to_string(i), 150) != nullptr ? 1 : 0;
  EXPECT_LE(kept, 64);
  EXPECT_NE(chains.find("999", 150), nullptr);
}

TEST(GoodChains, AHugeChainIsNotKept) {
  GoodChains chains;
  const std::string huge(20'000, 'x');
  chains.keep(huge, good_from_100_to_200());
  EXPECT_EQ(chains.find(huge, 150), nullptr);
}

}  // namespace
}  // namespace sonde::net::tls_verified_test
