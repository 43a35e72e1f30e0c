#include "daemon/app/conclusions.hpp"

#include <gtest/gtest.h>

#include "tests/daemon/core/made_results.hpp"

namespace sonde::app::conclusions_test {
namespace {

ResultPtr run(Outcome outcome, std::string conclusions = "") {
  Result result = MadeResult("chat").result();
  result.verdict.outcome = outcome;
  result.conclusions = std::move(conclusions);
  return std::make_shared<const Result>(std::move(result));
}

TEST(Conclusions, AreKeptWhileAFailureLasts) {
  Conclusions conclusions;
  conclusions.accept(run(Outcome::fail, "a\n"));
  conclusions.accept(run(Outcome::fail, "a\n"));
  const auto notes = conclusions.take_notes();
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0], (StateRecord{"conclusions", "chat/chat/staging", "\na\n"}));
  Conclusions back;
  EXPECT_EQ(back.restore(notes).at("chat/chat/staging"), "\na\n");
  back.accept(run(Outcome::inconclusive));
  back.accept(run(Outcome::fail, "a\n"));
  EXPECT_TRUE(back.take_notes().empty());
  back.accept(run(Outcome::pass));
  EXPECT_EQ(back.take_notes(),
            (std::vector<StateRecord>{{"conclusions", "chat/chat/staging", ""}}));
}

}  // namespace
}  // namespace sonde::app::conclusions_test
