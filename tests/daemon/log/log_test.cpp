#include "daemon/log/log.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

namespace sonde::log::log_test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;

void finish_and_end() {
  finish();
  ::_exit(0);
}

std::string all_of(int pipe) {
  std::string text;
  char piece[4096];
  for (ssize_t got; (got = ::read(pipe, piece, sizeof piece)) > 0;)
    text.append(piece, static_cast<std::size_t>(got));
  return text;
}

// What a process of its own writes to stderr while it does `work` and ends; the pipe is read to its
// end.
std::string written_by(const std::function<void()>& work,
                       const std::function<void()>& end = finish_and_end) {
  int ends[2];
  if (::pipe(ends) != 0) return "no pipe";
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], STDERR_FILENO);
    ::close(ends[0]);
    ::close(ends[1]);
    work();
    end();
  }
  ::close(ends[1]);
  std::string text = all_of(ends[0]);
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return text;
}

TEST(Log, SaysALineOfLogfmt) {
  const std::string text = written_by([] {
    set_up(Level::info, "logfmt");
    say(Level::warning, "configuration kept", {{"file", "sonde.yaml"}, {"why", "two words"}});
  });
  EXPECT_THAT(text, MatchesRegex("ts=20[-0-9]+T[:0-9]+\\.[0-9]+Z level=warning "
                                 "msg=\"configuration kept\" file=sonde.yaml why=\"two words\"\n"));
}

TEST(Log, SaysBeforeItIsSetUp) {
  EXPECT_THAT(written_by([] {
                say(Level::debug, "hidden");
                say(Level::info, "early");
              }),
              EndsWith(" level=info msg=early\n"));
}

TEST(Log, SaysWhatWaitsWhenTheProcessEndsUnfinished) {
  EXPECT_THAT(written_by([] { say(Level::warning, "last words"); }, [] { std::exit(0); }),
              EndsWith("msg=\"last words\"\n"));
}

TEST(Log, SaysNothingOnceItIsFinished) {
  EXPECT_EQ(written_by([] {
              finish();
              say(Level::error, "too late");
            }),
            "");
}

TEST(Log, SaysJson) {
  EXPECT_THAT(written_by([] {
                set_up(Level::debug, "json");
                say(Level::debug, "a \"b\"", {{"k", "v"}});
              }),
              HasSubstr(R"("level":"debug","msg":"a \"b\"","k":"v"})"));
}

TEST(Log, TellsTheJournalThePriority) {
  EXPECT_EQ(written_by([] {
              set_up(Level::info, "journal");
              say(Level::error, "gone");
            }),
            "<3>msg=gone\n");
}

TEST(Log, NothingThatIsSaidEndsTheLineOrSteersATerminal) {
  const std::string text = written_by([] {
    set_up(Level::info, "logfmt");
    say(Level::info, "a\nlevel=error \x1b[31m \xc2\x9b \xff \xc3\xa9", {{"k", "x=y"}});
  });
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  EXPECT_THAT(text, HasSubstr(R"(msg="a\nlevel=error \u001b[31m \u009b \ufffd )"
                              "\xc3\xa9\""));
  EXPECT_THAT(text, HasSubstr(R"(k="x=y")"));
}

TEST(Log, NothingThatIsSaidReordersTheLine) {
  for (const char* format : {"logfmt", "json", "journal"}) {
    const std::string text = written_by([format] {
      set_up(Level::info, format);
      say(Level::info, "a\u202eb\u2028c", {{"k", "\u2066d\ufeff"}});
    });
    EXPECT_THAT(text, HasSubstr(R"("a\u202eb\u2028c")")) << format;
    EXPECT_THAT(text, HasSubstr(R"("\u2066d\ufeff")")) << format;
  }
}

TEST(Log, CutsALineAt8Kilobytes) {
  for (const char* format : {"logfmt", "json", "journal"}) {
    const std::string text = written_by([format] {
      set_up(Level::info, format);
      say(Level::info, std::string(100'000, 'x'), {{"k", std::string(100'000, '\n')}});
    });
    EXPECT_LE(text.size(), 8192u) << format;
    EXPECT_GT(text.size(), 8000u) << format;
    EXPECT_THAT(text, HasSubstr("...")) << format;
  }
}

TEST(Log, AReaderThatStandsStillStopsNobody) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const auto before = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], STDERR_FILENO);
    set_up(Level::info, "logfmt");
    for (int i = 0; i < 5000; ++i) say(Level::info, std::string(1000, 'x'));
    finish();
    ::_exit(0);
  }
  int status = 1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(20));
  ::close(ends[0]);
  ::close(ends[1]);
}

// The sum of what the lines about lost ones say.
std::uint64_t told_lost(std::string_view text) {
  constexpr std::string_view telling = "stood still\" lines=";
  std::uint64_t sum = 0;
  for (auto at = text.find(telling); at != text.npos; at = text.find(telling, at + 1))
    sum += std::stoull(std::string(text.substr(at + telling.size(), 8)));
  return sum;
}

TEST(Log, TellsAReaderThatReadsAgainHowManyLinesItLost) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], STDERR_FILENO);
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    set_up(Level::info, "logfmt");
    for (int i = 0; i < 5000; ++i) say(Level::info, std::string(1000, 'x'));
    while (lost() < 5000 - 64) std::this_thread::yield();  // the pipe takes 64 KB
    std::string text = all_of(ends[0]);
    say(Level::info, "read again");
    finish();
    text += all_of(ends[0]);
    EXPECT_EQ(told_lost(text), lost());
    EXPECT_THAT(text, EndsWith("msg=\"read again\"\n"));
    ::_exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(Log, CountsWhatIsSaidByLevel) {
  const std::string text = written_by([] {
    set_up(Level::info, "logfmt");
    say(Level::debug, "not said");
    say(Level::warning, "one");
    say(Level::warning, "two");
    const auto counts = written();
    say(Level::error, std::to_string(counts[0]) + std::to_string(counts[2]));
  });
  EXPECT_THAT(text, HasSubstr("level=error msg=02\n"));
}

}  // namespace
}  // namespace sonde::log::log_test
