#include "probes/auth/lockout_table.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <set>
#include <thread>
#include <vector>

#include "tests/support/probe_run.hpp"

namespace sonde::test::lockout_table_test {
namespace {

using auth::LockoutTable;
using auth::RefusalCounts;
using testing::HasSubstr;

LockoutTable::Key key(int n) { return LockoutTable::key_of("t", std::to_string(n)); }

void refuse(LockoutTable& table, LockoutTable::Key account, int times) {
  for (int i = 0; i < times; ++i) {
    RefusalCounts counts = table.read(account).value_or(LockoutTable::Row()).counts;
    const RefusalCounts before = counts;
    ++counts.refused;
    table.write(account, before, {counts, 1000 + i});
  }
}

struct File : Folder {
  std::string path = write("unused", "") + ".lockouts";
};

TEST(LockoutTable, KeepsWhatIsCountedInItsFile) {
  const File file;
  {
    const auto table = LockoutTable::open(file.path);
    ASSERT_TRUE(table) << table.error();
    (*table)->write(key(1), {}, {{.refused = 3, .redeemed = 1, .tried = {7, 0}}, 4711});
    EXPECT_FALSE((*table)->read(key(2)));
  }
  const auto again = LockoutTable::open(file.path);
  ASSERT_TRUE(again) << again.error();
  const auto row = (*again)->read(key(1));
  ASSERT_TRUE(row);
  EXPECT_EQ(row->counts, (RefusalCounts{.refused = 3, .redeemed = 1, .tried = {7, 0}}));
  EXPECT_EQ(row->last, 4711);
  struct stat facts{};
  ASSERT_EQ(stat(file.path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
}

TEST(LockoutTable, LosesNothingThatManyCountAtOnce) {
  const auto table = LockoutTable::in_memory();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { refuse(*table, key(1), 1000); });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(table->read(key(1))->counts.refused, 4000);
}

TEST(LockoutTable, AddsWhatOthersCountedMeanwhile) {
  const auto table = LockoutTable::in_memory();
  const RefusalCounts none, one{.refused = 1}, two{.refused = 2};
  table->write(key(1), none, {one, 1});
  table->write(key(1), none, {one, 2});  // by somebody who had not seen the first
  EXPECT_EQ(table->read(key(1))->counts.refused, 2);
  table->write(key(1), none, {none, 3});  // a trial changes the moment alone
  EXPECT_EQ(table->read(key(1))->counts.refused, 2);
  table->write(key(1), two, {none, 3});
  EXPECT_EQ(table->read(key(1))->counts.refused, 0);
}

TEST(LockoutTable, KeepsUntilWhenAServerIsLeftAlone) {
  const File file;
  const LockoutTable::Quiet early{.until = 1'900'000'000, .granted = 60, .wanted = 3600};
  const LockoutTable::Quiet late{.until = 1'900'000'100, .granted = 30, .wanted = 30};
  {
    const auto table = LockoutTable::open(file.path).value();
    table->write(key(1), early);
    EXPECT_EQ(table->read(key(1))->quiet, early);
    table->write(key(1), late);
    table->write(key(1), early);  // it ends before the other one
    table->write(key(1), {}, {{.refused = 1}, 4711});
    EXPECT_FALSE(table->read(key(2)));
  }
  const auto row = LockoutTable::open(file.path).value()->read(key(1));
  ASSERT_TRUE(row);
  EXPECT_EQ(row->quiet, late);
  EXPECT_EQ(row->counts.refused, 1);
}

// The clock was set back by a day since it was written.
TEST(LoginGuard, LeavesAServerAloneNoLongerThanGrantedWhereTheClockIsSetBack) {
  const auto table = LockoutTable::in_memory();
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto tomorrow = std::chrono::duration_cast<std::chrono::seconds>(now).count() + 86400;
  table->write(key(1), {.until = tomorrow, .granted = 60, .wanted = 3600});
  table->write(key(2), {.until = tomorrow - 2 * 86400, .granted = 60, .wanted = 60});
  const auto held = [&](int account) {
    const auto guard = std::make_shared<auth::LoginGuard>(table, key(account));
    return guard->held({}, Clock::now(), 0);
  };
  ASSERT_TRUE(held(1));
  EXPECT_THAT(held(1)->detail, HasSubstr("is for 60 s; the next login in 60 s"));
  EXPECT_FALSE(held(2)) << "it is over";
}

// What is counted is there though the process that counted it dies at once.
TEST(LockoutTable, OutlivesTheDeathOfItsProcess) {
  const File file;
  const auto ours = LockoutTable::open(file.path);
  ASSERT_TRUE(ours) << ours.error();
  const pid_t child = fork();
  if (child == 0) {
    const auto theirs = LockoutTable::open(file.path);
    if (theirs) refuse(**theirs, key(1), 2);
    kill(getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE((*ours)->read(key(1)));
  EXPECT_EQ((*ours)->read(key(1))->counts.refused, 2);
}

// A login that was under way may have been refused; one of a process that goes on will tell.
TEST(LockoutTable, CountsWhatWasUnderWayInADeadProcessAsRefused) {
  const File file;
  const pid_t child = fork();
  if (child == 0) {
    const auto theirs = LockoutTable::open(file.path);
    if (theirs) (*theirs)->write(key(1), {}, {{.refused = 1, .pending = 2}, 1});
    kill(getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  const auto ours = LockoutTable::open(file.path);
  ASSERT_TRUE(ours) << ours.error();
  EXPECT_EQ((*ours)->read(key(1))->counts, (RefusalCounts{.refused = 3}));
  (*ours)->write(key(2), {}, {{.pending = 1}, 1});
  ASSERT_TRUE(LockoutTable::open(file.path)) << "with us in it";
  EXPECT_EQ((*ours)->read(key(2))->counts, (RefusalCounts{.pending = 1}));
}

TEST(LockoutTable, HasOneClaimOfAKeyAtATime) {
  const File file;
  const auto one = LockoutTable::open(file.path), two = LockoutTable::open(file.path);
  ASSERT_TRUE(one && two);
  const auto memory = LockoutTable::in_memory();
  for (const auto& [first, second] :
       {std::pair(*one, *two), std::pair(*one, *one), std::pair(memory, memory)}) {
    {
      const auto claim = LockoutTable::claim(first, key(1));
      ASSERT_TRUE(claim);
      EXPECT_FALSE(LockoutTable::claim(second, key(1)));
      EXPECT_TRUE(LockoutTable::claim(second, key(2)));
    }
    EXPECT_TRUE(LockoutTable::claim(second, key(1)));
  }
}

TEST(LockoutTable, ForgetsTheClaimOfAProcessThatWasKilled) {
  const File file;
  const auto ours = LockoutTable::open(file.path);
  ASSERT_TRUE(ours) << ours.error();
  int told[2];
  ASSERT_EQ(pipe(told), 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto theirs = LockoutTable::open(file.path);
    const auto claim = theirs ? LockoutTable::claim(*theirs, key(1)) : std::nullopt;
    const char taken = claim ? 'y' : 'n';
    (void)!write(told[1], &taken, 1);
    ::pause();
  }
  char taken = 0;
  ASSERT_EQ(read(told[0], &taken, 1), 1);
  EXPECT_EQ(taken, 'y');
  EXPECT_FALSE(LockoutTable::claim(*ours, key(1)));
  kill(child, SIGKILL);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(LockoutTable::claim(*ours, key(1)));
  close(told[0]);
  close(told[1]);
}

TEST(LockoutTable, HasRoomForManyAndTurnsNobodyAwayWhoIsInIt) {
  const auto table = LockoutTable::in_memory();
  for (int n = 0; n < 5000; ++n) refuse(*table, key(n), 1);
  int known = 0;
  for (int n = 0; n < 5000; ++n) known += table->read(key(n)).has_value() ? 1 : 0;
  EXPECT_EQ(known, 4096);
  EXPECT_EQ(table->read(key(0))->counts.refused, 1);
}

TEST(LockoutTable, IsOpenedFromNothingElse) {
  const File file;
  for (const std::string& content : {std::string("text"), std::string(131'104, 'x')}) {
    const std::string path = file.write("other", content);
    chmod(path.c_str(), 0600);
    const auto table = LockoutTable::open(path);
    ASSERT_FALSE(table);
    EXPECT_THAT(table.error(), HasSubstr("remove it"));
  }
  const std::string link = file.path + ".link";
  ASSERT_EQ(symlink("/etc/passwd", link.c_str()), 0);
  EXPECT_FALSE(LockoutTable::open(link));
  unlink(link.c_str());
}

TEST(LockoutTable, MarksCredentialsByItsOwnSalt) {
  const auto one = LockoutTable::in_memory();
  EXPECT_EQ(one->mark_of("secret"), one->mark_of("secret"));
  std::set<std::uint16_t> marks;
  for (int i = 0; i < 8; ++i) marks.insert(LockoutTable::in_memory()->mark_of("secret"));
  EXPECT_GT(marks.size(), 1U);
}

TEST(LockoutTable, ReplacesARowOnlyWhereNobodyChangedIt) {
  const auto table = LockoutTable::in_memory();
  const RefusalCounts none, one{.pending = 1}, two{.pending = 2};
  EXPECT_TRUE(table->replace(key(1), none, {one, 1}));
  EXPECT_FALSE(table->replace(key(1), none, {one, 2})) << "by somebody who had not seen the first";
  EXPECT_TRUE(table->replace(key(1), one, {two, 3}));
  EXPECT_EQ(table->read(key(1))->counts, two);
}

TEST(LockoutTable, TheCooldownOfWhatADeadProcessLeftBeginsWhereItIsFound) {
  const File file;
  const auto milliseconds = [] {
    const auto wall = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(wall).count();
  };
  const std::int64_t before = milliseconds();
  {
    const auto table = LockoutTable::open(file.path);
    ASSERT_TRUE(table) << table.error();
    (*table)->write(key(1), {}, {{.pending = 1}, 0});
    (*table)->write(key(2), {}, {{.refused = 1}, 4711});
  }
  const auto again = LockoutTable::open(file.path);
  ASSERT_TRUE(again) << again.error();
  EXPECT_GE((*again)->read(key(1))->last, before);
  EXPECT_EQ((*again)->read(key(2))->last, 4711) << "nothing was under way";
}

}  // namespace
}  // namespace sonde::test::lockout_table_test
