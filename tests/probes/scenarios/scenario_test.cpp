#include "tests/probes/scenarios/scenario.hpp"

#include <gmock/gmock.h>

#include <set>

#include "probes/core/reason.hpp"
#include "probes/plan/kinds.hpp"

namespace sonde::test {

Scenarios join(const std::vector<Scenarios>& tables) {
  Scenarios all;
  for (const auto& table : tables) all.insert(all.end(), table.begin(), table.end());
  return all;
}

std::unique_ptr<DefaultConfig> usual_at(Step step, const std::string& host) {
  auto usual = std::make_unique<DefaultConfig>(host);
  usual->kind(step == Step::health ? "health" : step == Step::login ? "login" : "upgrade");
  if (step == Step::upgrade) usual->socket["token_in"] = "none";
  return usual;
}

DefaultConfig::Keys& line_of(DefaultConfig& usual, Step step) {
  if (step == Step::health) return usual.probe;
  return step == Step::login ? usual.login : usual.socket;
}

// gtest would print its bytes.
static void PrintTo(const Scenario& scenario, std::ostream* out) { *out << scenario.name; }

namespace {

std::string label(Step step, Reason reason) {
  return std::string(name(step)) + "/" + std::string(name(reason));
}

class Pairs : public testing::TestWithParam<Scenario> {};

TEST_P(Pairs, SaysWhatHappened) {
  const Scenario& wanted = GetParam();
#if __has_feature(undefined_behavior_sanitizer)
  if (wanted.reason == Reason::own_descriptors)
    GTEST_SKIP() << "the sanitizer opens a pipe to look at objects, so it needs descriptors itself";
#endif
  const ProbeRun walked = wanted.happen();
  const Verdict& verdict = walked.verdict;
  EXPECT_EQ(label(verdict.step, verdict.reason), label(wanted.step, wanted.reason))
      << walked.show();
  EXPECT_EQ(name(verdict.outcome), name(row(wanted.reason).outcome));
  EXPECT_THAT(verdict.detail, testing::HasSubstr(wanted.detail));
  EXPECT_FALSE(verdict.detail.empty());
  for (const auto& span : walked.trace->phases()) EXPECT_TRUE(span.took) << name(span.phase);
}

std::string name_of(const testing::TestParamInfo<Scenario>& info) { return info.param.name; }

#define SONDE_PAIRS(Title, table) \
  INSTANTIATE_TEST_SUITE_P(Title, Pairs, testing::ValuesIn(table()), name_of)
SONDE_PAIRS(Health, health_scenarios_test::health_scenarios);
SONDE_PAIRS(Login, login_scenarios_test::login_scenarios);
SONDE_PAIRS(Parallel, parallel_scenarios_test::parallel_scenarios);
SONDE_PAIRS(Upgrade, upgrade_scenarios_test::upgrade_scenarios);
SONDE_PAIRS(Ready, ready_scenarios_test::ready_scenarios);
SONDE_PAIRS(Events, events_scenarios_test::events_scenarios);
SONDE_PAIRS(Answer, answer_scenarios_test::answer_scenarios);
SONDE_PAIRS(Refuse, refuse_scenarios_test::refuse_scenarios);
SONDE_PAIRS(Endpoint, endpoint_scenarios_test::endpoint_scenarios);
SONDE_PAIRS(Diagnosed, diagnosis_scenarios_test::diagnosed_scenarios);
SONDE_PAIRS(Hold, hold_scenarios_test::hold_scenarios);
SONDE_PAIRS(Isolation, isolation_scenarios_test::isolation_scenarios);
SONDE_PAIRS(Prober, prober_scenarios_test::prober_scenarios);
#undef SONDE_PAIRS

std::set<std::string> pairs_that_happen() {
  std::set<std::string> all;
  for (const auto& scenario :
       join({health_scenarios_test::health_scenarios(), login_scenarios_test::login_scenarios(),
             parallel_scenarios_test::parallel_scenarios(),
             upgrade_scenarios_test::upgrade_scenarios(), ready_scenarios_test::ready_scenarios(),
             events_scenarios_test::events_scenarios(), answer_scenarios_test::answer_scenarios(),
             refuse_scenarios_test::refuse_scenarios(), hold_scenarios_test::hold_scenarios(),
             isolation_scenarios_test::isolation_scenarios(),
             diagnosis_scenarios_test::diagnosed_scenarios(),
             endpoint_scenarios_test::endpoint_scenarios()}))
    all.insert(label(scenario.step, scenario.reason));
  return all;
}

std::set<std::string> pairs_of_the_kinds() {
  std::set<std::string> all;
  for (const auto& kind : plan::kinds())
    for (const auto& pair : pairs_of(kind.steps)) all.insert(label(pair.step, pair.reason));
  return all;
}

TEST(PairsComplete, EveryPairOfTheKindsHappensInATestAndNoOther) {
  EXPECT_EQ(pairs_that_happen(), pairs_of_the_kinds());
}

TEST(PairsComplete, NothingThatIsNoFailureIsAPair) {
  for (const auto& kind : plan::kinds())
    for (const auto& pair : pairs_of(kind.steps))
      EXPECT_EQ(name(row(pair.reason).outcome), "fail") << label(pair.step, pair.reason);
}

}  // namespace
}  // namespace sonde::test
