#pragma once
#include <span>
#include <vector>

#include "daemon/alert/rule_instance.hpp"

namespace sonde::alert {

// The built-in alerts, which are not configured as rules.
//   SondeBlind: no egress reference answers, so the state of every target is unknown
//   SondeProbeStalled: a check has not run for three times its `every` plus its timeout, and not
//     because its logins are rejected, which the login alerts report
//   SondeProbeInconclusive: all runs of a check were inconclusive for that long, and for at least
//     half a minute, so the state of its target is unknown
//   Watchdog: always fires; its absence is the alert
std::vector<Instance> builtin_instances(std::span<const CheckPtr> checks);
bool is_stalled_alert(const Instance& instance);

}  // namespace sonde::alert
