#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <cstdlib>
#include <random>

#include "probes/core/clock.hpp"
#include "tests/daemon/store/home.hpp"

namespace sonde::store::kill_test {
namespace {

using namespace std::chrono_literals;

// tests/daemon/store/store_writer.cpp at work.
class Writer {
 public:
  explicit Writer(std::string directory) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) std::abort();
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    std::string program = SONDE_BINARY_DIR "/tests/store-writer";
    char* argv[] = {program.data(), directory.data(), nullptr};
    if (::posix_spawn(&pid_, program.c_str(), &actions, nullptr, argv, environ) != 0) std::abort();
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    out_ = ends[0];
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() { ::close(out_); }

  // Kills it at that moment, and says everything that it said before.
  std::string kill_after(Span delay) {
    const Instant moment = Clock::now() + delay;
    while (Clock::now() < moment) read(moment - Clock::now());
    ::kill(pid_, SIGKILL);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "it ended by itself: " << WEXITSTATUS(status);
    while (read(0s)) {
    }
    return said_;
  }

 private:
  bool read(Span longest) {
    pollfd end{out_, POLLIN, 0};
    const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(longest).count();
    const timespec limit{.tv_sec = left / 1'000'000'000, .tv_nsec = left % 1'000'000'000};
    if (::ppoll(&end, 1, &limit, nullptr) <= 0) return false;
    char buffer[4096];
    const ssize_t bytes = ::read(out_, buffer, sizeof buffer);
    if (bytes <= 0) return false;
    said_.append(buffer, static_cast<std::size_t>(bytes));
    return true;
  }

  pid_t pid_ = -1;
  int out_ = -1;
  std::string said_;
};

// The number of the last batch that was confirmed; a line that is not whole was not.
std::int64_t last_kept(const std::string& said) {
  EXPECT_EQ(said.find("lost"), std::string::npos) << said;
  const std::size_t end = said.rfind('\n');
  if (end == std::string::npos) return 0;
  const std::size_t begin = said.rfind(' ', end) + 1;
  std::int64_t number = 0;
  std::from_chars(said.data() + begin, said.data() + end, number);
  return number;
}

int rounds() {
  const char* wanted = std::getenv("SONDE_KILLS");
  return wanted ? std::atoi(wanted) : 20;
}

TEST(Kill, LosesNoBatchThatWasConfirmedAndHalvesNone) {
  const Home home;
  std::mt19937 random(20260102);
  std::uniform_int_distribution<int> delay_us(0, 250'000);
  std::int64_t kept = 0;
  for (int round = 0; round < rounds(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    Writer writer(home.path());
    const std::int64_t said =
        last_kept(writer.kill_after(std::chrono::microseconds(delay_us(random))));
    kept = std::max(kept, said);
    if (round % 2 == 1) continue;  // the next one begins with what this one left
    Running store(home.settings());
    ASSERT_TRUE(store.keep({}));
    ASSERT_EQ(store->facts().corrupt, 0u);
    const auto& notes = store.remembered.notes;
    const std::int64_t found = notes.empty() ? 0 : std::stoll(notes.at(0).text);
    ASSERT_TRUE(store.stop());
    ASSERT_GE(found, kept);
    ASSERT_LE(found, kept + 2) << "one batch at most was under way in each round";
    ASSERT_EQ(home.ask("SELECT coalesce(max(attempts), 0) FROM buckets"), found);
    ASSERT_EQ(home.ask("SELECT count(*) FROM results"), found * 25);
    ASSERT_EQ(home.ask("SELECT count(*) FROM evidence"), found * 5);
    ASSERT_EQ(home.ask("SELECT count(*) FROM transcripts"), found * 5);
    kept = found;
  }
  EXPECT_GT(kept, 0) << "it was always killed before it wrote anything";
  RecordProperty("batches", static_cast<int>(kept));
}

}  // namespace
}  // namespace sonde::store::kill_test
