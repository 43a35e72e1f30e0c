#pragma once
#include <string>

#include "daemon/alert/condition.hpp"

namespace sonde::alert {

// Alerts about a rate: auth_success, event_delivery, probe_success and burn_rate. The functions are
// fields of their rows in rule_subject.cpp.

Evaluation judge_rate(const Instance& instance, EvalContext& context, const PriorState& past);
Evaluation judge_burn(const Instance& instance, EvalContext& context, const PriorState& past);
std::string value_of_rate(const Evaluation& finding);
std::string headline_of_auth(const Instance& instance, const Evaluation& finding,
                             EvalContext& context);
std::string headline_of_delivery(const Instance& instance, const Evaluation& finding,
                                 EvalContext& context);
std::string headline_of_success(const Instance& instance, const Evaluation& finding,
                                EvalContext& context);
std::string headline_of_burn(const Instance& instance, const Evaluation& finding,
                             EvalContext& context);

// The window pairs of a burn rate, the faster pair first.
std::span<const BurnPair> pairs_of(Burn burn);

// The rates that a rule of kind `of` judges separately.
std::vector<Rate> rates_of(AlertOf of, const RuleSettings& rule, std::span<const CheckPtr> checks);

}  // namespace sonde::alert
