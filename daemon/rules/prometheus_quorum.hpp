#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/alert/rule_settings.hpp"
#include "daemon/rules/prometheus_file.hpp"

namespace sonde::rules {

// Several daemons may watch one target. Those with the same label `location` count as one: of each
// count the largest is taken, so that two that run one probe do not double it. Locations vote: the
// service fails where more than half of them do. A location whose daemons give no verdicts has no
// vote, unless none has one: then all keep what they counted.

// Daemons whose last verdict of a probe is recent, and daemons that have a vote on it.
inline constexpr std::string_view kSeen = "instance_probe_target:sonde_probe_seen:group";
inline constexpr std::string_view kVoting = "instance_probe_target:sonde_probe_voting:group";
// The recording rules for both.
std::vector<PrometheusRule> prometheus_voters();

// Of series of daemons, those with a vote; of series of locations, those where a daemon has one.
std::string of_voters(std::string_view expr);
std::string at_voters(std::string_view expr);

// `AGGREGATE without (location) (expr)`.
std::string over_locations(std::string_view aggregate, std::string_view expr);
std::string total(std::string_view expr);  // with the aggregate sum

// Whether more than half of the locations of `all` are in `some`; and whether at least half are.
std::string most(std::string_view some, std::string_view all);
std::string half(std::string_view some, std::string_view all);

// Locations where a rule's bound is exceeded, whatever the number of samples; and locations where
// the rule would alert if there were no others. Labels: of the alert, `location`, `sonde_rule`.
inline constexpr std::string_view kBeyond = "location_probe_target:sonde_rule_beyond:group";
inline constexpr std::string_view kFailing = "location_probe_target:sonde_rule_failing:group";
PrometheusRule at_locations(std::string_view record, const alert::RuleSettings& rule,
                            std::string_view expr);
// The series of one rule; the part of an expression at the locations that these are about, all of
// it if they are empty; and a value there, or of all if there are none.
std::string of_rule(std::string_view record, const alert::RuleSettings& rule);
std::string within(std::string_view expr, std::string_view locations);
std::string there(const std::function<std::string(std::string_view locations)>& value,
                  std::string_view locations);

}  // namespace sonde::rules
