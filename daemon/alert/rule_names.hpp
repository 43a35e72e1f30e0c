#pragma once
#include "config/reader.hpp"
#include "daemon/alert/rule_settings.hpp"

namespace sonde::alert {

// The alert's name, its labels, annotations and runbook, as Prometheus and receivers can take
// them; mistakes are told.
void vet_rule_names(const RuleSettings& rule, const config::Value::Entry& entry,
                    const config::Reader& reader);

}  // namespace sonde::alert
