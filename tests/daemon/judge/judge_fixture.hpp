#pragma once
#include <gtest/gtest.h>

#include "daemon/judge/judge.hpp"
#include "tests/daemon/judge/made_run.hpp"

namespace sonde::judge {

// A judge of one chat, at noon.
struct JudgeTest : testing::Test {
  std::shared_ptr<Check> chat = chat_check();
  Judge judge;
  WallSeconds now = kNoon;

  void SetUp() override { judge.assign({chat}); }
  MadeRun run(Verdict verdict) { return {chat, std::move(verdict), now}; }
  void accept(Verdict verdict) { judge.accept(run(std::move(verdict)).done()); }
  Tally tally(const Rate& rate) { return judge.tally(*chat, rate, std::chrono::minutes(10), now); }
  Changes changes() {
    Changes changes;
    judge.take_changes(changes);
    return changes;
  }
  CheckStatus standing() { return judge.standing(*chat); }
};

}  // namespace sonde::judge
