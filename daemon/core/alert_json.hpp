#pragma once
#include <string>

#include "daemon/core/alert.hpp"

namespace sonde {

// Text forms of alerts that Alertmanager and its clients use. Pure.

// A JSON object; its members are sorted by name.
std::string json_of(const Labels& labels);
// `{alertname="A", target="b"}`, the notation of Prometheus.
std::string show(const Labels& labels);
// The value of the label, or an empty string.
const std::string& value_of(const Labels& labels, const std::string& name);
// Whether it is the watchdog, which fires while all is well: it has the severity "none".
bool is_watchdog(const Labels& labels);
// The value of the label alertname.
const std::string& name_of(const Alert& alert);
// What is wrong, in one line: the annotation summary, or the alert's name if there is none.
const std::string& summary_of(const Alert& alert);

}  // namespace sonde
