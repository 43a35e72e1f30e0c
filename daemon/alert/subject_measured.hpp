#pragma once
#include <string>

#include "daemon/alert/condition.hpp"

namespace sonde::alert {

// Alerts about a measured value: latency and certificate_expiry. The functions are fields of their
// rows in rule_subject.cpp.

Evaluation judge_latency(const Instance& instance, EvalContext& context, const PriorState& past);
std::string value_of_latency(const Evaluation& finding);
std::string headline_of_latency(const Instance& instance, const Evaluation& finding,
                                EvalContext& context);

Evaluation judge_certificate(const Instance& instance, EvalContext& context,
                             const PriorState& past);
std::string value_of_certificate(const Evaluation& finding);
std::string headline_of_certificate(const Instance& instance, const Evaluation& finding,
                                    EvalContext& context);
std::string recovered_certificate(const Instance& instance, const Evaluation& finding,
                                  const SeenAt& seen, EvalContext& context);

}  // namespace sonde::alert
