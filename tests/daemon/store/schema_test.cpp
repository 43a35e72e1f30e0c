#include "daemon/store/schema.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/daemon/store/home.hpp"

namespace sonde::store::schema_test {
namespace {

constexpr std::string_view first = "CREATE TABLE a (x); INSERT INTO a VALUES (1)";
constexpr std::string_view second = "ALTER TABLE a ADD COLUMN y; UPDATE a SET y = x + 1";
constexpr std::string_view broken = "UPDATE a SET x = 9; SELECT * FROM nothing";

struct SchemaTest : testing::Test {
  Home home;

  std::optional<Fault> migrated(std::vector<std::string_view> steps) {
    Database database(home.file(), 1 << 20);
    migrate(database, steps);
    return database.take_fault();
  }
};

TEST_F(SchemaTest, TakesEveryStepThatTheFileLacks) {
  EXPECT_FALSE(migrated({first}));
  EXPECT_FALSE(migrated({first, second}));
  EXPECT_EQ(home.ask("SELECT y FROM a"), 2);
  EXPECT_EQ(home.ask("PRAGMA user_version"), 2);
  EXPECT_FALSE(migrated({first, second})) << "once";
}

TEST_F(SchemaTest, TakesAStepWholeOrNotAtAll) {
  EXPECT_FALSE(migrated({first}));
  EXPECT_TRUE(migrated({first, broken}));
  EXPECT_EQ(home.ask("SELECT x FROM a"), 1);
  EXPECT_EQ(home.ask("PRAGMA user_version"), 1);
}

TEST_F(SchemaTest, RefusesANewerVersion) {
  EXPECT_FALSE(migrated({first, second}));
  const auto fault = migrated({first});
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind, Fault::Kind::foreign);
}

// The statements of version 1 as they were shipped, with rows.
TEST_F(SchemaTest, ReadsAFileOfTheFirstVersion) {
  {
    std::ostringstream sql;
    sql << std::ifstream(SONDE_SOURCE_DIR "/tests/daemon/store/version_1.sql").rdbuf();
    Database database(home.file(), 1 << 20);
    database.run(sql.str());
    const auto fault = database.take_fault();
    ASSERT_FALSE(fault) << fault->text;
  }
  Running store(home.settings());
  EXPECT_FALSE(store->facts().degraded) << store->facts().why;
  ASSERT_EQ(store.remembered.series.size(), 1u);
  EXPECT_EQ(store.remembered.series[0].series, "login/login/staging success");
  EXPECT_EQ(store.remembered.series[0].buckets,
            (std::vector<SeriesRows::Bucket>{{3, 490899, 12, 5}}));
  EXPECT_EQ(store.remembered.notes, (std::vector<StateRecord>{{"alert", "1f", "firing"}}));
  const auto rows = store.evidence();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].check, "login/login/staging");
  EXPECT_EQ(rows[0].verdict.reason, Reason::credentials);
  EXPECT_EQ(store.transcript(rows[0].id), R"({"probe":"login"})");
}

}  // namespace
}  // namespace sonde::store::schema_test
