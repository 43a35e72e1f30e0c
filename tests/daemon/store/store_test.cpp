#include "daemon/store/store.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "daemon/store/directory.hpp"
#include "probes/text/json.hpp"
#include "tests/daemon/store/home.hpp"

namespace sonde::store::store_test {
namespace {

namespace fs = std::filesystem;

struct StoreTest : testing::Test {
  Home home;
};

TEST_F(StoreTest, GivesBackWhatWasWrittenWhenItIsOpenedAgain) {
  {
    Running store(home.settings());
    Changes changes = windows(7);
    changes.results = {fresh(refused()), fresh(passed())};
    ASSERT_TRUE(store.keep(std::move(changes)));
    EXPECT_TRUE(store.stop());
  }
  Running again(home.settings());
  ASSERT_EQ(again.remembered.series.size(), 2u);
  EXPECT_EQ(again.remembered.series[0].series, "chat/chat/staging auth/login");
  EXPECT_EQ(again.remembered.series[1].buckets,
            (std::vector<SeriesRows::Bucket>{{3, this_hour(), 7, 1}}));
  EXPECT_EQ(again.remembered.notes, (std::vector<StateRecord>{{"alert", "a", "firing since 7"}}));
  ASSERT_EQ(again.remembered.failures.size(), 1u);
  const EvidenceRow& failure = again.remembered.failures[0];
  EXPECT_EQ(failure.check, "chat/chat/staging");
  EXPECT_EQ(failure.verdict.step, Step::login);
  EXPECT_EQ(failure.verdict.reason, Reason::tcp_refused);
  EXPECT_EQ(failure.verdict.detail, "127.0.0.1:1 refuses");
}

TEST_F(StoreTest, GivesBackTheBucketsOfASeriesInTheOrderOfTierAndSlot) {
  {
    Running store(home.settings());
    const std::uint32_t hour = this_hour();
    store.keep(
        {.results = {},
         .buckets = {{"s", 3, hour, 1, 0}, {"s", 3, hour - 1, 2, 0}, {"s", 2, hour * 6, 3, 0}},
         .notes = {}});
    store.stop();
  }
  Running again(home.settings());
  ASSERT_EQ(again.remembered.series.size(), 1u);
  const auto& buckets = again.remembered.series[0].buckets;
  ASSERT_EQ(buckets.size(), 3u);
  EXPECT_EQ(buckets[0].attempts, 3u);
  EXPECT_EQ(buckets[1].attempts, 2u);
  EXPECT_EQ(buckets[2].attempts, 1u);
}

TEST_F(StoreTest, KeepsTheLastStateOfABucketAndForgetsANoteWithoutText) {
  {
    Running store(home.settings());
    store.keep(windows(1));
    Changes changes = windows(2);
    changes.notes = {{"alert", "a", ""}, {"alert", "b", "pending"}};
    store.keep(std::move(changes));
    store.stop();
  }
  Running again(home.settings());
  EXPECT_EQ(again.remembered.series[0].buckets[0].attempts, 2u);
  EXPECT_EQ(again.remembered.notes, (std::vector<StateRecord>{{"alert", "b", "pending"}}));
}

TEST_F(StoreTest, RemembersFailuresOfFirstAttemptsOfTheLastThirtyDaysThatCount) {
  {
    Running store(home.settings());
    MadeResult retried = refused("retried");
    retried.attempt(2);
    auto old = std::make_shared<Result>(refused("old").result());
    old->started = std::chrono::system_clock::now() - std::chrono::hours(31 * 24);
    const KeptResult excluded(fresh(refused("excluded")), true);
    store.keep({.results = {fresh(retried), ResultPtr(old), excluded, fresh(refused("recent"))},
                .buckets = {},
                .notes = {}});
    store.stop();
  }
  Running again(home.settings());
  ASSERT_EQ(again.remembered.failures.size(), 1u);
  EXPECT_EQ(again.remembered.failures[0].check, "chat/recent/staging");
}

TEST_F(StoreTest, KeepsABatchWholeOrNotAtAll) {
  {
    Running store(home.settings());
    ASSERT_TRUE(store.keep(windows(1)));
    store.stop();
  }
  {
    Database database(home.file(), 1 << 20);
    database.run(
        "CREATE TRIGGER refuse BEFORE UPDATE ON notes "
        "BEGIN SELECT RAISE(ABORT, 'refused'); END");
    ASSERT_TRUE(database.good());
  }
  {
    Running store(home.settings());
    Changes changes = windows(2);  // its note comes last, and is refused
    changes.results = {fresh(refused())};
    EXPECT_FALSE(store.keep(std::move(changes)));
    EXPECT_TRUE(store->facts().degraded);
    EXPECT_EQ(store->facts().write_errors, 1u);
    EXPECT_EQ(store->facts().why, "refused");
    store.stop();
  }
  Running again(home.settings());
  EXPECT_EQ(again.remembered.series[0].buckets[0].attempts, 1u);
  EXPECT_TRUE(again.remembered.failures.empty());
}

TEST_F(StoreTest, ListsEvidenceTheNewestFirstByCheckAndBefore) {
  Running store(home.settings());
  MadeResult blind("b");
  blind.failed(Step::login, Reason::own_dns);
  store.keep(
      {.results = {fresh(refused("a")), fresh(passed("a")), fresh(blind), fresh(refused("a"))},
       .buckets = {},
       .notes = {}});
  const auto all = store.evidence();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_GT(all[0].id, all[1].id);
  EXPECT_EQ(all[1].verdict.outcome, Outcome::inconclusive);
  EXPECT_EQ(store.evidence({.check = "chat/a/staging"}).size(), 2u);
  const auto older = store.evidence({.check = "chat/a/staging", .before = all[0].id});
  ASSERT_EQ(older.size(), 1u);
  EXPECT_EQ(older[0].id, all[2].id);
  EXPECT_EQ(store.evidence({.limit = 1}).size(), 1u);
  EXPECT_TRUE(store.evidence({.check = "chat/nobody/staging"}).empty());
}

TEST_F(StoreTest, KeepsTheTranscriptOfAFailureWithTheWholeTrace) {
  Running store(home.settings());
  store.keep({.results = {fresh(refused())}, .buckets = {}, .notes = {}});
  const auto rows = store.evidence();
  ASSERT_EQ(rows.size(), 1u);
  ASSERT_TRUE(rows[0].transcript);
  const auto document = text::Document::parse(store.transcript(rows[0].id));
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root().member("reason").string(), "tcp_refused");
  EXPECT_EQ(document->root().member("phases").item(0).member("name").string(), "connect");
  EXPECT_EQ(store.transcript(rows[0].id + 1), "");
}

TEST_F(StoreTest, TheRunThatProvesACauseIsAmongTheEvidenceHoweverManyFollowed) {
  Running store(home.settings());
  MadeResult proof = refused();
  proof.trace().experiment({.name = "again", .question = "?", .answer = "!"},
                           proof.trace().aside());
  proof.trace().separated = "a fresh token is accepted";
  store.keep({.results = {fresh(proof)}, .buckets = {}, .notes = {}});
  MadeResult later = refused();
  later.concluded(Reason::token_stale);
  for (int i = 0; i < 5; ++i) store.keep({.results = {fresh(later)}, .buckets = {}, .notes = {}});
  const std::string check = store.evidence().at(0).check;
  const auto rows = store.evidence({.check = check, .limit = 2, .with_proof = true});
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].verdict.concluded, Reason::token_stale);
  EXPECT_FALSE(rows[1].proof);
  EXPECT_TRUE(rows[2].proof);
  EXPECT_NE(store.transcript(rows[2].id).find("a fresh token is accepted"), std::string::npos);
  EXPECT_EQ(store.evidence({.check = check, .limit = 2}).size(), 2u);
}

TEST_F(StoreTest, NeverHoldsASecretThatTheTraceWasTold) {
  Running store(home.settings());
  MadeResult made = refused();
  made.trace().hide("correct-horse-battery");
  made.trace().exchange({.method = "POST",
                         .url = "http://a/login",
                         .sent = {{"Authorization", "Bearer correct-horse-battery"}},
                         .sent_body = "password=correct-horse-battery",
                         .status = 401});
  store.keep({.results = {fresh(made)}, .buckets = {}, .notes = {}});
  const std::string json = store.transcript(store.evidence().at(0).id);
  EXPECT_NE(json.find("<redacted>"), std::string::npos);
  store.stop();
  for (const auto& entry : fs::directory_iterator(home.path()))
    EXPECT_EQ(home.bytes(entry.path().filename()).find("correct-horse"), std::string::npos);
}

TEST_F(StoreTest, IsReadableByItsOwnerAlone) {
  StorageSettings settings = home.settings();
  settings.path += "/a/b";
  Running store(settings);
  store.keep(windows(1));
  struct stat facts{};
  ASSERT_EQ(::stat(settings.path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0700u);
  for (const char* name : {"/sonde.db", "/sonde.db-wal", "/sonde.lock"}) {
    ASSERT_EQ(::stat((settings.path + name).c_str(), &facts), 0) << name;
    EXPECT_EQ(facts.st_mode & 0777, 0600u) << name;
  }
}

TEST_F(StoreTest, RefusesADirectoryThatAnotherOneHas) {
  Running first(home.settings());
  Running second(home.settings());
  EXPECT_FALSE(second);
  EXPECT_NE(second.refusal.find("another sonde uses it (process " + std::to_string(::getpid())),
            std::string::npos)
      << second.refusal;
  EXPECT_TRUE(first.keep(windows(1)));
  first.stop();
  EXPECT_TRUE(Running(home.settings()));
}

TEST_F(StoreTest, LeavesNothingInTheLogWhenItStops) {
  Running store(home.settings());
  store.keep(windows(1));
  EXPECT_GT(store->facts().size_bytes.at("wal"), 0u);
  EXPECT_TRUE(store.stop());
  EXPECT_FALSE(fs::exists(home.path() / "sonde.db-wal"));
}

TEST_F(StoreTest, WritesWhatWaitsBeforeItStops) {
  {
    Running store(home.settings());
    for (std::uint32_t n = 1; n <= 5; ++n) store->write(windows(n), {});
    EXPECT_TRUE(store.stop());
    EXPECT_FALSE(store.keep(windows(9))) << "it takes nothing any more";
  }
  Running again(home.settings());
  EXPECT_EQ(again.remembered.series[0].buckets[0].attempts, 5u);
}

TEST_F(StoreTest, CountsItsWrites) {
  Running store(home.settings());
  store.keep(windows(1));
  store.keep(windows(2));
  const StoreFacts facts = store->facts();
  EXPECT_TRUE(facts.enabled);
  EXPECT_FALSE(facts.degraded) << facts.why;
  EXPECT_EQ(facts.writes, 2u);
  EXPECT_EQ(facts.durations.size(), facts.durations_bounds.size() + 1);
  std::uint64_t observed = 0;
  for (const std::uint64_t count : facts.durations) observed += count;
  EXPECT_EQ(observed, 2u);
}

TEST(NetworkFilesystem, KnowsThoseThatDoNotKeepTheirPromises) {
  EXPECT_EQ(network_filesystem(0x6969), "NFS");
  EXPECT_EQ(network_filesystem(static_cast<std::int32_t>(0xff534d42)), "CIFS");
  EXPECT_EQ(network_filesystem(0xef53), "") << "ext4";
  EXPECT_EQ(network_filesystem(0x65735546), "") << "FUSE is local as often as not";
}

}  // namespace
}  // namespace sonde::store::store_test
