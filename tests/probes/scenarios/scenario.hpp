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
  std::function<Walk()> happen;
};
using Scenarios = std::vector<Scenario>;
Scenarios join(const std::vector<Scenarios>& tables);

// The tables, one of each step.
namespace health_pairs_test {
Scenarios health_scenarios();
}  // namespace health_pairs_test
namespace login_pairs_test {
Scenarios login_scenarios();
}  // namespace login_pairs_test
namespace parallel_pairs_test {
Scenarios parallel_scenarios();  // of several logins at once
Scenarios unclear_uses();        // and of a token that is used twice at once
}  // namespace parallel_pairs_test
namespace upgrade_pairs_test {
Scenarios upgrade_scenarios();
}  // namespace upgrade_pairs_test
namespace ready_pairs_test {
Scenarios ready_scenarios();
}  // namespace ready_pairs_test
namespace events_pairs_test {
Scenarios events_scenarios();
}  // namespace events_pairs_test
namespace answer_pairs_test {
Scenarios answer_scenarios();
}  // namespace answer_pairs_test
namespace refuse_pairs_test {
Scenarios refuse_scenarios();
Scenarios unclear_refusals();  // those of them that are met at refuse
}  // namespace refuse_pairs_test
namespace hold_pairs_test {
Scenarios hold_scenarios();
Scenarios unclear_holds();  // and at hold
}  // namespace hold_pairs_test
namespace isolation_pairs_test {
Scenarios isolation_scenarios();
Scenarios unclear_trespasses();  // and of isolation
}  // namespace isolation_pairs_test
namespace endpoint_pairs_test {
Scenarios endpoint_scenarios();  // where the page sends its users
}  // namespace endpoint_pairs_test
namespace diagnosis_pairs_test {
Scenarios diagnosed_scenarios();  // with control experiments
}  // namespace diagnosis_pairs_test
namespace prober_pairs_test {
Scenarios prober_scenarios();  // the inconclusive ones
}  // namespace prober_pairs_test

// What fails before the first byte of HTTP, at health, login or upgrade.
namespace network_pairs_test {
Scenarios network_scenarios(Step step);
}  // namespace network_pairs_test
// A probe that asks `host` ("127.0.0.1:80") at that step, and the keys of its connection there.
std::unique_ptr<Usual> usual_at(Step step, const std::string& host);
Usual::Keys& line_of(Usual& usual, Step step);

}  // namespace sonde::test
