#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "daemon/store/run_queries.hpp"
#include "daemon/store/schema.hpp"
#include "tests/daemon/store/home.hpp"

namespace sonde::store::runs_test {
namespace {

using namespace std::chrono_literals;

// The Result as the Recorder passes it on.
KeptResult kept(const ResultPtr& result, bool excluded = false) {
  KeptResult one(result, excluded);
  one.phases = phase_times(*result->trace);
  return one;
}

struct RunsTest : testing::Test {
  Home home;
  Running store{home.settings()};

  ResultPtr keep(const ResultPtr& result, bool excluded = false) {
    Changes changes;
    changes.results = {kept(result, excluded)};
    EXPECT_TRUE(store.keep(std::move(changes)));
    return result;
  }
  void record(const ResultPtr& result, bool beside_failure = false) {
    Changes changes;
    changes.passed = {{result, beside_failure}};
    EXPECT_TRUE(store.keep(std::move(changes)));
  }
  std::vector<std::string> ids(RunQuery query) {
    std::vector<std::string> all;
    for (const RunRow& run : store.runs(std::move(query))) all.push_back(run.id);
    return all;
  }
};

using Ids = std::vector<std::string>;

TEST_F(RunsTest, ListsEveryAttemptTheNewestFirst) {
  const auto first = keep(fresh(passed_with_trace()));
  const auto second = keep(fresh(refused().concluded(Reason::dns_timeout).attempt(2)), true);
  const auto rows = store.runs();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].id, second->id);
  EXPECT_EQ(rows[0].check, "chat/chat/staging");
  EXPECT_EQ(rows[0].verdict.outcome, Outcome::fail);
  EXPECT_EQ(rows[0].verdict.step, Step::login);
  EXPECT_EQ(rows[0].verdict.reason, Reason::tcp_refused);
  EXPECT_EQ(rows[0].verdict.concluded, Reason::dns_timeout);
  EXPECT_EQ(rows[0].verdict.detail, "127.0.0.1:1 refuses");
  EXPECT_EQ(rows[0].attempt, 2);
  EXPECT_TRUE(rows[0].excluded);
  EXPECT_TRUE(rows[0].recorded);
  EXPECT_EQ(rows[1].id, first->id);
  EXPECT_EQ(rows[1].verdict.outcome, Outcome::pass);
  EXPECT_FALSE(rows[1].excluded);
  EXPECT_FALSE(rows[1].recorded);
  EXPECT_EQ(rows[1].phases, (PhaseTimes{{Phase::connect, 4ms}}));
  EXPECT_GT(rows[0].row, rows[1].row);
}

TEST_F(RunsTest, SumsUpAPhaseThatComesTwice) {
  keep(fresh(made_chat()));
  const auto rows = store.runs();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].phases, (PhaseTimes{{Phase::login, 50ms},
                                        {Phase::resolve, 2ms},
                                        {Phase::connect, 86ms},
                                        {Phase::upgrade, 40ms},
                                        {Phase::events, 1050ms},
                                        {Phase::close, 50ms}}));
}

TEST_F(RunsTest, EachFilterNarrowsTheSelection) {
  const auto pass = keep(fresh(passed("a"), 3h));
  const auto fail = keep(fresh(refused("a"), 2h));
  const auto concluded = keep(fresh(refused("b").concluded(Reason::dns_timeout), 1h));
  const auto skip = keep(fresh(MadeResult("b").failed(Step::health, Reason::overlap)));
  const auto now = std::chrono::system_clock::now();
  EXPECT_EQ(ids({}), (Ids{concluded->id, fail->id, pass->id})) << "a skipped tick is no run";
  EXPECT_EQ(ids({.check = "chat/a/staging"}), (Ids{fail->id, pass->id}));
  EXPECT_EQ(ids({.outcome = Outcome::fail}), (Ids{concluded->id, fail->id}));
  EXPECT_EQ(ids({.outcome = Outcome::pass}), Ids{pass->id});
  EXPECT_EQ(ids({.outcome = Outcome::skipped}), Ids{skip->id});
  EXPECT_EQ(ids({.step = Step::login}), (Ids{concluded->id, fail->id}));
  EXPECT_EQ(ids({.step = Step::upgrade}), Ids{});
  EXPECT_EQ(ids({.reason = Reason::tcp_refused}), (Ids{concluded->id, fail->id}));
  EXPECT_EQ(ids({.reason = Reason::dns_timeout}), Ids{concluded->id});
  EXPECT_EQ(ids({.reason = Reason::overlap}), Ids{skip->id});
  EXPECT_EQ(ids({.since = now - 150min, .until = now - 30min}), (Ids{concluded->id, fail->id}));
  EXPECT_EQ(ids({.check = "chat/a/staging", .outcome = Outcome::fail, .until = now - 150min}),
            Ids{});
  EXPECT_EQ(ids({.recorded = true}), (Ids{concluded->id, fail->id}));
}

TEST_F(RunsTest, PagesThroughAllByTheRow) {
  Ids all;
  for (int n = 0; n < 7; ++n)
    all.insert(all.begin(), keep(fresh(n % 2 ? refused() : passed()))->id);
  Ids seen;
  RunQuery query{.limit = 3};
  for (auto rows = store.runs(query); !rows.empty(); rows = store.runs(query)) {
    EXPECT_LE(rows.size(), 3u);
    for (const RunRow& run : rows) seen.push_back(run.id);
    query.before = rows.back().row;
  }
  EXPECT_EQ(seen, all);
}

TEST_F(RunsTest, FindsARunByItsId) {
  const auto good = keep(fresh(passed_with_trace(), 2min));
  record(good);
  const auto plain = keep(fresh(passed(), 90s));
  const auto bad = keep(fresh(refused()));
  const auto found = store.run(bad->id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->run.id, bad->id);
  EXPECT_EQ(found->run.verdict.reason, Reason::tcp_refused);
  EXPECT_TRUE(found->json.contains(bad->id)) << found->json;
  EXPECT_EQ(found->passed, good->id);
  const auto without = store.run(plain->id);
  ASSERT_TRUE(without);
  EXPECT_EQ(without->json, "") << "of this run no transcript was kept";
  EXPECT_TRUE(store.run(good->id)->json.contains("\"verdict\":\"pass\""));
  EXPECT_EQ(store.run(good->id)->passed, "");
  EXPECT_FALSE(store.run(std::string(32, '0')));
  EXPECT_FALSE(store.run("'; DROP TABLE results --"));
}

TEST_F(RunsTest, APassedRunWithATranscriptIsNoFailure) {
  const auto good = keep(fresh(passed_with_trace()));
  record(good);
  EXPECT_EQ(ids({.recorded = true}), Ids{good->id});
  EXPECT_EQ(ids({.outcome = Outcome::fail}), Ids{});
  EXPECT_EQ(ids({.step = Step::health}), Ids{});
  EXPECT_TRUE(store.evidence().empty());
  store.stop();
  EXPECT_TRUE(Running(home.settings()).remembered.failures.empty());
}

TEST_F(RunsTest, ARunIsFoundAfterARestartAndItsRowIsNotGivenAgain) {
  const auto bad = keep(fresh(refused()));
  const std::int64_t row = store.runs().at(0).row;
  store.stop();
  Running again(home.settings());
  EXPECT_TRUE(again.run(bad->id));
  Changes changes;
  changes.results = {kept(fresh(passed()))};
  again.keep(std::move(changes));
  EXPECT_GT(again.runs().at(0).row, row);
}

// The statements of version 3 with rows, among them a result that has the id of other evidence.
TEST(RunsOfAnOlderFile, AreListedWithoutWhatIsNotKnownOfThem) {
  Home home;
  {
    std::ostringstream sql;
    sql << std::ifstream(SONDE_SOURCE_DIR "/tests/daemon/store/version_1.sql").rdbuf();
    Database database(home.file(), 1 << 20);
    database.run(sql.str());
    database.run(
        "INSERT INTO names VALUES (6, 'pass'), (7, 'ok');"
        "DELETE FROM results; INSERT INTO results VALUES (1, 1, 4102444800000, 7000, 1, 6, 3, 7),"
        "(2, 1, 4102444801000, 5000, 1, 2, 3, 4)");
    migrate(database, schema_steps().first(3));
    ASSERT_FALSE(database.take_fault());
  }
  EXPECT_EQ(home.ask("PRAGMA user_version"), 3);
  Running store(home.settings());
  EXPECT_FALSE(store->facts().degraded) << store->facts().why;
  EXPECT_EQ(home.ask("PRAGMA user_version"), 4);
  const auto rows = store.runs();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1].verdict.outcome, Outcome::pass);
  EXPECT_EQ(rows[1].id, "");
  EXPECT_EQ(rows[1].verdict.detail, "") << "that is of another run";
  EXPECT_FALSE(rows[1].recorded) << "that is of another run";
  const auto failures = store.runs({.outcome = Outcome::fail});
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_EQ(failures[0].verdict.detail, "HTTP 401");
  EXPECT_TRUE(failures[0].recorded);
}

}  // namespace
}  // namespace sonde::store::runs_test
