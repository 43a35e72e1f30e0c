#include <gtest/gtest.h>

#include "daemon/store/backlog.hpp"

namespace sonde::store::pieces_test {
namespace {

Changes some(int notes, int buckets, std::size_t results) {
  Changes changes;
  for (int n = 0; n < notes; ++n) changes.notes.push_back({"alert", std::to_string(n), "x"});
  for (int n = 0; n < buckets; ++n)
    changes.buckets.push_back({.series = "s", .slot = static_cast<std::uint32_t>(n)});
  changes.results.assign(results, ResultPtr());
  return changes;
}

TEST(Pieces, StatesComeBeforeWindowsAndThoseBeforeResults) {
  Changes changes = some(3, 3, 3);
  Pieces pieces(changes);
  const Changes first = pieces.next(4);
  EXPECT_EQ(first.notes.size(), 3u);
  EXPECT_EQ(first.buckets.size(), 1u);
  EXPECT_EQ(first.results.size(), 0u);
  pieces.kept();
  const Changes second = pieces.next(100);
  EXPECT_EQ(second.notes.size(), 0u);
  ASSERT_EQ(second.buckets.size(), 2u);
  EXPECT_EQ(second.buckets.front().slot, 1u);
  EXPECT_EQ(second.results.size(), 3u);
  EXPECT_FALSE(pieces.empty());
  pieces.kept();
  EXPECT_TRUE(pieces.empty());
}

TEST(Pieces, WhatWasNotKeptComesAgainAndStays) {
  Changes changes = some(5, 0, 2);
  Pieces pieces(changes);
  pieces.next(2);
  pieces.kept();
  EXPECT_EQ(pieces.next(2).notes.front().key, "2");
  EXPECT_EQ(pieces.next(1).notes.front().key, "2");
  pieces.forget_kept();
  ASSERT_EQ(changes.notes.size(), 3u);
  EXPECT_EQ(changes.notes.front().key, "2");
  EXPECT_EQ(changes.results.size(), 2u);
}

TEST(Pieces, OfNothingThereIsNothing) {
  Changes changes;
  Pieces pieces(changes);
  EXPECT_TRUE(pieces.empty());
  EXPECT_TRUE(pieces.next(10).empty());
  pieces.kept();
  pieces.forget_kept();
  EXPECT_TRUE(changes.empty());
}

}  // namespace
}  // namespace sonde::store::pieces_test
