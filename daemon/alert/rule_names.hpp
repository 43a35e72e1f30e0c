#pragma once
#include "config/reader.hpp"
#include "daemon/alert/rule_settings.hpp"

namespace sonde::alert {

// Checks that the alert's name, labels, annotations and runbook are valid for Prometheus and for
// receivers; reports mistakes.
void vet_rule_names(const RuleSettings& rule, const config::Value::Entry& entry,
                    const config::Reader& reader);

}  // namespace sonde::alert
