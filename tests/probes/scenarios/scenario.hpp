#pragma once
#include <functional>
#include <string>
#include <vector>

#include "tests/support/chat_target.hpp"

// How a target can fail, and what a run must say of it: a table of each step, which one
// parameterised test walks through.
namespace sonde::test {

struct Scenario {
  std::string name;  // of the test: a sentence without its blanks
  Step step;
  Reason reason;
  std::string detail;  // what the detail has to mention
  std::function<ProbeRun()> happen;
};
using Scenarios = std::vector<Scenario>;
Scenarios join(const std::vector<Scenarios>& tables);

// The tables, one of each step.
namespace health_scenarios_test {
Scenarios health_scenarios();
}  // namespace health_scenarios_test
namespace login_scenarios_test {
Scenarios login_scenarios();
}  // namespace login_scenarios_test
namespace parallel_scenarios_test {
Scenarios parallel_scenarios();  // of several logins at once
Scenarios unclear_uses();        // and of a token that is used twice at once
}  // namespace parallel_scenarios_test
namespace upgrade_scenarios_test {
Scenarios upgrade_scenarios();
}  // namespace upgrade_scenarios_test
namespace ready_scenarios_test {
Scenarios ready_scenarios();
}  // namespace ready_scenarios_test
namespace events_scenarios_test {
Scenarios events_scenarios();
}  // namespace events_scenarios_test
namespace answer_scenarios_test {
Scenarios answer_scenarios();
}  // namespace answer_scenarios_test
namespace refuse_scenarios_test {
Scenarios refuse_scenarios();
Scenarios unclear_refusals();  // those of them that are met at refuse
}  // namespace refuse_scenarios_test
namespace hold_scenarios_test {
Scenarios hold_scenarios();
Scenarios unclear_holds();  // and at hold
}  // namespace hold_scenarios_test
namespace isolation_scenarios_test {
Scenarios isolation_scenarios();
Scenarios unclear_trespasses();  // and of isolation
}  // namespace isolation_scenarios_test
namespace endpoint_scenarios_test {
Scenarios endpoint_scenarios();  // where the page sends its users
}  // namespace endpoint_scenarios_test
namespace diagnosis_scenarios_test {
Scenarios diagnosed_scenarios();  // with control experiments
}  // namespace diagnosis_scenarios_test
namespace prober_scenarios_test {
Scenarios prober_scenarios();  // the inconclusive ones
}  // namespace prober_scenarios_test

// What fails before the first byte of HTTP, at health, login or upgrade.
namespace network_scenarios_test {
Scenarios network_scenarios(Step step);
}  // namespace network_scenarios_test
// A probe that asks `host` ("127.0.0.1:80") at that step, and the keys of its connection there.
std::unique_ptr<DefaultConfig> usual_at(Step step, const std::string& host);
DefaultConfig::Keys& line_of(DefaultConfig& usual, Step step);

}  // namespace sonde::test
