#pragma once
#include <string>

#include "daemon/alert/condition.hpp"

namespace sonde::alert {

// Alerts about failed runs: consecutive_failures, reason and false_green. The functions are fields
// of their rows in rule_subject.cpp.

std::string value_of_count(const Evaluation& finding);

Evaluation judge_row(const Instance& instance, EvalContext& context, const PriorState& past);
std::string headline_of_row(const Instance& instance, const Evaluation& finding,
                            EvalContext& context);
std::string recovered_row(const Instance& instance, const Evaluation& finding, const SeenAt& seen,
                          EvalContext& context);

Evaluation judge_reason(const Instance& instance, EvalContext& context, const PriorState& past);
std::string headline_of_reason(const Instance& instance, const Evaluation& finding,
                               EvalContext& context);
std::string recovered_reason(const Instance& instance, const Evaluation& finding,
                             const SeenAt& seen, EvalContext& context);

Evaluation judge_false_green(const Instance& instance, EvalContext& context,
                             const PriorState& past);
std::string headline_of_false_green(const Instance& instance, const Evaluation& finding,
                                    EvalContext& context);
std::string recovered_false_green(const Instance& instance, const Evaluation& finding,
                                  const SeenAt& seen, EvalContext& context);

}  // namespace sonde::alert
