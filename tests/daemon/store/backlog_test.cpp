#include "daemon/store/backlog.hpp"

#include <gtest/gtest.h>

#include "tests/daemon/store/home.hpp"

namespace sonde::store::backlog_test {
namespace {

Changes note(std::string key, std::string text) {
  return {.results = {}, .buckets = {}, .notes = {{"alert", std::move(key), std::move(text)}}};
}

TEST(Backlog, GivesEverythingInTheOrderInWhichItCame) {
  Backlog backlog;
  backlog.add(note("a", "1"));
  backlog.add(note("b", "2"));
  EXPECT_EQ(backlog.take().notes,
            (std::vector<StateRecord>{{"alert", "a", "1"}, {"alert", "b", "2"}}));
  EXPECT_TRUE(backlog.empty());
}

TEST(Backlog, PutsWhatWasNotWrittenBeforeWhatCameSince) {
  Backlog backlog;
  backlog.add(note("a", "old"));
  Changes taken = backlog.take();
  backlog.add(note("a", "new"));
  backlog.put_back(std::move(taken));
  const Changes all = backlog.take();
  ASSERT_FALSE(all.notes.empty());
  EXPECT_EQ(all.notes.back().text, "new");
}

TEST(Backlog, LosesTheOldestResultsAndCountsThem) {
  Backlog backlog;
  Changes changes;
  changes.results.assign(Backlog::results_max, fresh(passed("old")));
  backlog.add(changes);
  backlog.add({.results = {fresh(passed("new"))}, .buckets = {}, .notes = {}});
  EXPECT_EQ(backlog.lost(), 1u);
  const Changes all = backlog.take();
  EXPECT_EQ(all.results.size(), Backlog::results_max);
  EXPECT_EQ(all.results.back()->check->name, "new");
}

TEST(Backlog, KeepsOfOneNoteTheLastStateHoweverOftenItChanges) {
  Backlog backlog;
  for (int n = 0; n < 100'000; ++n) backlog.add(note(std::to_string(n % 10), std::to_string(n)));
  EXPECT_EQ(backlog.lost(), 0u);
  const Changes all = backlog.take();
  EXPECT_LT(all.notes.size(), 2000u);
  EXPECT_EQ(all.notes.back(), (StateRecord{"alert", "9", "99999"}));
}

TEST(Backlog, BoundsBucketsAndCountsThoseThatItLoses) {
  Backlog backlog;
  Changes changes;
  for (std::uint32_t n = 0; n < Backlog::buckets_max + 2000; ++n)
    changes.buckets.push_back({"s", 0, n, 1, 0});
  backlog.add(std::move(changes));
  EXPECT_EQ(backlog.lost(), 2000u);
  const Changes all = backlog.take();
  EXPECT_EQ(all.buckets.front().slot, 2000u) << "the newest are kept";
}

TEST(Backlog, WantsNoMoreTracesThanItsMemoryAllows) {
  Backlog backlog;
  Changes changes;
  changes.results.assign(Backlog::traces_max - 1, fresh(refused()));
  backlog.add(changes);
  EXPECT_TRUE(backlog.takes_traces());
  changes.results.resize(1);
  backlog.add(changes);
  EXPECT_FALSE(backlog.takes_traces());
  backlog.take();
  EXPECT_TRUE(backlog.takes_traces());
}

}  // namespace
}  // namespace sonde::store::backlog_test
