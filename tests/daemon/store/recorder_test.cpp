#include "daemon/store/recorder.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "tests/daemon/store/home.hpp"

namespace sonde::store::recorder_test {
namespace {

using namespace std::chrono_literals;
using store::fresh;
using store::passed;
using store::refused;

struct RecorderTest : testing::Test {
  boost::asio::io_context main;
  std::vector<Changes> written;
  bool answers = true, takes_traces = true;
  int gathered = 0;

  Recorder::Options options(Span interval = 1ms) {
    return {.gather =
                [this](Changes& changes) {
                  changes.notes.push_back({"judge", "n", std::to_string(++gathered)});
                },
            .write =
                [this](Changes changes, Recorder::Kept done) {
                  written.push_back(std::move(changes));
                  if (done && answers) done(true);
                },
            .takes_traces = [this] { return takes_traces; },
            .interval = interval,
            .results_max = 4,
            .patience = 5ms};
  }
};

TEST_F(RecorderTest, WritesResultsTogetherWithWhatFollowedFromThem) {
  Recorder recorder(main.get_executor(), options());
  recorder.accept(fresh(passed("a")));
  recorder.accept(fresh(passed("b")));
  EXPECT_TRUE(written.empty()) << "it collects for a moment";
  main.run();
  ASSERT_EQ(written.size(), 1u);
  EXPECT_EQ(written[0].results.size(), 2u);
  EXPECT_EQ(written[0].notes, (std::vector<StateRecord>{{"judge", "n", "1"}}));
}

TEST_F(RecorderTest, DoesNotWaitWhenThereAreManyResults) {
  Recorder recorder(main.get_executor(), options(1h));
  for (int n = 0; n < 9; ++n) recorder.accept(fresh(passed()));
  ASSERT_EQ(written.size(), 2u);
  EXPECT_EQ(written[0].results.size(), 4u);
}

TEST_F(RecorderTest, WritesAtOnceForWhoeverHasToTellAndSaysThatItIsKept) {
  Recorder recorder(main.get_executor(), options(1h));
  recorder.accept(fresh(passed()));
  std::optional<bool> told;
  recorder.flush_now([&](bool kept) { told = kept; });
  ASSERT_EQ(written.size(), 1u);
  EXPECT_EQ(written[0].results.size(), 1u);
  EXPECT_EQ(told, true);
}

TEST_F(RecorderTest, KeepsNobodyWaitingForADiskThatDoesNotAnswer) {
  answers = false;
  Recorder recorder(main.get_executor(), options(1h));
  int told = 0;
  recorder.flush_now([&](bool kept) {
    EXPECT_FALSE(kept);
    ++told;
  });
  main.run();
  EXPECT_EQ(told, 1);
}

TEST_F(RecorderTest, HandsOverTheTranscriptsOfTheRunsBesideAFailure) {
  Recorder recorder(main.get_executor(), options(1h));
  const auto first = fresh(passed_with_trace()), before = fresh(passed_with_trace());
  const auto after = fresh(passed_with_trace());
  for (const auto& result : {first, before, fresh(refused()), after}) recorder.accept(result);
  ASSERT_EQ(written.size(), 1u);
  ASSERT_EQ(written[0].results.size(), 4u);
  for (const KeptResult& kept : written[0].results) {
    EXPECT_FALSE(kept.phases.empty());
    EXPECT_EQ(kept->trace->phases().empty(), kept->verdict.outcome == Outcome::pass)
        << "a passed run waits without its trace";
  }
  ASSERT_EQ(written[0].passed.size(), 3u);
  EXPECT_EQ(written[0].passed[0].result, first) << "a sample";
  EXPECT_EQ(written[0].passed[1].result, before);
  EXPECT_EQ(written[0].passed[2].result, after);
}

TEST_F(RecorderTest, HandsOverTheNewestPassedRunAtTheEnd) {
  Recorder recorder(main.get_executor(), options(1h));
  recorder.accept(fresh(passed_with_trace()));
  const auto newest = fresh(passed_with_trace());
  recorder.accept(newest);
  recorder.finish();
  recorder.flush_now({});
  ASSERT_EQ(written.size(), 1u);
  ASSERT_EQ(written[0].passed.size(), 2u);
  EXPECT_EQ(written[0].passed[1].result, newest);
}

TEST_F(RecorderTest, NoTranscriptsWaitWhileTheDiskFails) {
  takes_traces = false;
  Recorder recorder(main.get_executor(), options(1h));
  for (int n = 0; n < 2; ++n) recorder.accept(fresh(passed_with_trace()));
  recorder.accept(fresh(refused()));
  recorder.flush_now({});
  ASSERT_EQ(written.size(), 1u);
  EXPECT_TRUE(written[0].passed.empty());
}

TEST_F(RecorderTest, GathersAChangeThatNoResultBrought) {
  Recorder recorder(main.get_executor(), options());
  recorder.changed();
  main.run();
  ASSERT_EQ(written.size(), 1u);
  EXPECT_TRUE(written[0].results.empty());
  EXPECT_EQ(written[0].notes.size(), 1u);
}

TEST_F(RecorderTest, GoesOnCollectingAfterEachBatch) {
  Recorder recorder(main.get_executor(), options());
  recorder.accept(fresh(passed()));
  main.run();
  recorder.accept(fresh(passed()));
  main.restart();
  main.run();
  EXPECT_EQ(written.size(), 2u);
}

TEST_F(RecorderTest, KeepsTheTraceOfAFailureAndDropsThatOfAPass) {
  Recorder recorder(main.get_executor(), options(1h));
  MadeResult pass = passed();
  pass.trace().enter(Phase::connect, MadeResult::at(1));
  recorder.accept(fresh(pass));
  recorder.accept(fresh(refused()));
  recorder.flush_now({});
  ASSERT_EQ(written.at(0).results.size(), 2u);
  EXPECT_TRUE(written[0].results[0]->trace->phases().empty());
  EXPECT_EQ(written[0].results[0]->took, pass.result().took);
  EXPECT_FALSE(written[0].results[1]->trace->phases().empty());
}

TEST_F(RecorderTest, SaysOfEachRunWhetherAMaintenanceExcludesIt) {
  auto some = options(1h);
  some.excluded = [](const Result& result) { return result.check->name == "b"; };
  Recorder recorder(main.get_executor(), std::move(some));
  recorder.accept(fresh(passed("a")));
  recorder.accept(fresh(passed("b")));
  recorder.flush_now({});
  EXPECT_FALSE(written.at(0).results.at(0).excluded);
  EXPECT_TRUE(written[0].results.at(1).excluded);
}

TEST_F(RecorderTest, DropsTracesWhileTooManyWaitForTheDisk) {
  takes_traces = false;
  Recorder recorder(main.get_executor(), options(1h));
  recorder.accept(fresh(refused()));
  recorder.flush_now({});
  EXPECT_TRUE(written.at(0).results.at(0)->trace->phases().empty());
  EXPECT_EQ(written[0].results[0]->verdict.reason, Reason::tcp_refused);
}

}  // namespace
}  // namespace sonde::store::recorder_test
