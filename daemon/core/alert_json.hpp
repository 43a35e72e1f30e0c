#pragma once
#include <string>

#include "daemon/core/alert.hpp"

namespace sonde {

// The words that Alertmanager and those who read its messages use; pure.

// "2026-10-01T12:00:00.123Z" (RFC 3339).
std::string rfc3339(WallTime at);
// A JSON object, in the order of names.
std::string json_of(const Labels& labels);
// `{alertname="A", target="b"}`, as Prometheus shows a label set.
std::string show(const Labels& labels);
// Its value, or an empty text.
const std::string& value_of(const Labels& labels, const std::string& name);
// Its name, of the label alertname.
const std::string& name_of(const Alert& alert);
// The line that says what is wrong: the annotation summary, or the name.
const std::string& summary_of(const Alert& alert);

}  // namespace sonde
