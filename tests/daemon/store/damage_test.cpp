#include <gtest/gtest.h>

#include <algorithm>

#include "daemon/store/retention.hpp"
#include "tests/daemon/store/home.hpp"

namespace sonde::store::damage_test {
namespace {

namespace fs = std::filesystem;

struct DamageTest : testing::Test {
  Home home;

  // A closed file of several pages in every table.
  void fill() {
    Running store(home.settings());
    Changes changes = windows(1);
    for (std::uint32_t n = 0; n < 400; ++n)
      changes.buckets.push_back({"series " + std::to_string(n % 20), 3, this_hour() - n, n + 1, 0});
    for (int n = 0; n < 200; ++n)
      changes.notes.push_back({"alert", std::to_string(n), std::string(100, 'x')});
    for (int n = 0; n < 100; ++n) changes.results.push_back(fresh(refused()));
    ASSERT_TRUE(store.keep(std::move(changes)));
    ASSERT_TRUE(store.stop());
  }
  // The store works, and what it is given now is there the next time.
  void expect_works(StoreFacts& facts) {
    Running store(home.settings());
    EXPECT_TRUE(store.keep(windows(77)));
    facts = store->facts();
    EXPECT_FALSE(facts.degraded) << facts.why;
    store.stop();
    Running again(home.settings());
    EXPECT_TRUE(std::ranges::any_of(again.remembered.series, [](const SeriesRows& rows) {
      return rows.buckets.back().attempts == 77;
    }));
    again.stop();
  }
};

TEST_F(DamageTest, MovesAFileThatIsNoDatabaseAsideAndBeginsAFreshOne) {
  home.write(std::string(8192, 'g'));
  StoreFacts facts;
  expect_works(facts);
  EXPECT_EQ(facts.corrupt, 1u);
  ASSERT_EQ(home.asides(), 1u);
  for (const auto& entry : fs::directory_iterator(home.path()))
    if (entry.path().filename().string().contains(".corrupt-"))
      EXPECT_EQ(home.bytes(entry.path().filename()), std::string(8192, 'g')) << "kept as it was";
}

TEST_F(DamageTest, SurvivesAFileThatWasCutShort) {
  fill();
  const std::string whole = home.bytes();
  home.write(whole.substr(0, whole.size() / 2 / 4096 * 4096));
  StoreFacts facts;
  expect_works(facts);
  EXPECT_EQ(home.asides(), 1u);
}

TEST_F(DamageTest, TakesAnEmptyFileForAFreshOne) {
  home.write("");
  StoreFacts facts;
  expect_works(facts);
  EXPECT_EQ(facts.corrupt, 0u);
}

// Whatever page is hit: the store works afterwards, and either notices or was not told wrong.
TEST_F(DamageTest, SurvivesAnyPageThatIsOverwritten) {
  fill();
  const std::string whole = home.bytes();
  std::size_t noticed = 0;
  const std::size_t pages = whole.size() / 4096;
  ASSERT_GE(pages, 12u);
  for (std::size_t page = 0; page < pages; ++page) {
    std::string damaged = whole;
    std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>(page * 4096), 4096, '\x5a');
    home.write(damaged);
    StoreFacts facts;
    expect_works(facts);
    noticed += facts.corrupt;
  }
  EXPECT_GE(noticed, pages / 2) << "of " << pages;
  EXPECT_LE(home.asides(), 2u) << "the newest two are kept";
}

TEST_F(DamageTest, SavesWindowsAndNotesFromAFileWhoseResultsAreBroken) {
  fill();
  const std::int64_t root =
      home.ask("SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_names_1'");
  std::string damaged = home.bytes();
  std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>((root - 1) * 4096), 4096, '\x5a');
  home.write(damaged);
  {
    Running store(home.settings());
    EXPECT_TRUE(store.keep(windows(5)));  // asks for the number of a name
    EXPECT_EQ(store->facts().corrupt, 1u);
    store.stop();
  }
  Running again(home.settings());
  EXPECT_EQ(again.remembered.series.size(), 22u);
  EXPECT_EQ(again.remembered.notes.size(), 201u);
}

TEST_F(DamageTest, ReplacesAFileThatBreaksWhileItIsOpen) {
  fill();
  Running store(home.settings());
  ASSERT_TRUE(store.keep(windows(2)));
  {
    // Behind its back: the next page that it reads from the file is no page.
    std::fstream file(home.file(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096);
    const std::string garbage(home.bytes().size() - 4096, '\x5a');
    file << garbage;
  }
  MadeResult made("another");  // of a name that has to be looked up
  EXPECT_TRUE(store.keep({.results = {fresh(made)}, .buckets = {}, .notes = {}}));
  EXPECT_FALSE(store->facts().degraded) << store->facts().why;
}

TEST_F(DamageTest, LooksOverAFileThatWasNotClosed) {
  fill();
  const Home killed;
  {
    Running store(home.settings());
    ASSERT_TRUE(store.keep(windows(2)));
    for (const char* name : {"sonde.db", "sonde.db-wal"})
      fs::copy_file(home.path() / name, killed.path() / name);
    store.stop();
  }
  const std::int64_t root = home.ask("SELECT rootpage FROM sqlite_schema WHERE name = 'results'");
  std::string damaged = killed.bytes();
  std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>((root - 1) * 4096), 4096, '\x5a');
  killed.write(damaged);
  Running store(killed.settings());
  // A table between two batches; none of these touches the results.
  for (int n = 0; n < 10 && store->facts().corrupt == 0; ++n) EXPECT_TRUE(store.keep(windows(3)));
  EXPECT_EQ(store->facts().corrupt, 1u);
  store.stop();
  EXPECT_EQ(Running(killed.settings()).remembered.notes.size(), 201u);
}

TEST_F(DamageTest, LeavesTheFileOfANewerVersionAlone) {
  fill();
  {
    Database database(home.file(), 1 << 20);
    database.run("PRAGMA user_version=1000");
  }
  const std::string before = home.bytes();
  {
    Running store(home.settings());
    ASSERT_TRUE(store);
    EXPECT_TRUE(store->facts().degraded);
    EXPECT_NE(store->facts().why.find("sonde.db is of version 1000"), std::string::npos)
        << store->facts().why;
    EXPECT_FALSE(store.keep(windows(3)));
    store.stop();
  }
  EXPECT_EQ(home.bytes(), before);
  EXPECT_EQ(home.asides(), 0u);
}

TEST_F(DamageTest, LeavesTheDatabaseOfAnotherProgramAlone) {
  {
    Database database(home.file(), 1 << 20);
    database.run("CREATE TABLE theirs (a)");
  }
  const std::string before = home.bytes();
  {
    Running store(home.settings());
    EXPECT_NE(store->facts().why.find("another program's"), std::string::npos);
    EXPECT_FALSE(store.keep(windows(3)));
  }
  EXPECT_EQ(home.bytes(), before);
}

}  // namespace
}  // namespace sonde::store::damage_test
