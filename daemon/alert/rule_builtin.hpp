#pragma once
#include <span>
#include <vector>

#include "daemon/alert/rule_instance.hpp"

namespace sonde::alert {

// The alerts that the daemon fires of itself, before those of its rules.
//   SondeBlind: no egress reference answers, so nothing can be said of any target
//   SondeProbeStalled: a check has not run for three times its `every` and a timeout, and not
//     because its logins are refused, which alerts about logins say
//   SondeProbeInconclusive: all runs of a check were inconclusive for as long, and half a minute at
//     least, so that nothing is known of its target
//   Watchdog: fires always; its absence is the alert
std::vector<Instance> builtin_instances(std::span<const CheckPtr> checks);
bool is_stalled_alert(const Instance& instance);

}  // namespace sonde::alert
