#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "probes/core/common.hpp"
#include "probes/core/reason.hpp"

namespace sonde::session {
struct Shared;
}  // namespace sonde::session

namespace sonde {

class Probe;

// One probe of one target, as configured: the unit that the daemon schedules, names in metrics and
// judges. Immutable; shared with the Results of it.
struct Check {
  std::string name;    // label `probe`
  std::string kind;    // label `kind`
  std::string target;  // label `target`
  Span every{};
  Span timeout{};
  int retries = 0;                  // further attempts after a failure; each is a Result of its own
  int in_flight_max = 1;            // a tick is skipped (overlap) if this many runs are under way
  Span refusals_every{};            // shortest time between two rounds of refusal checks
  Diagnose diagnose;                // whether and how failures are diagnosed
  std::vector<Step> steps;          // the steps at which it can fail
  std::vector<std::string> events;  // canonical names of the dialect's events; empty: none
  // Equal for two loads of a file exactly if nothing that affects this check has changed.
  std::string fingerprint;
  // Equal exactly if refusal checks try the same: the target, address and login, but not how often
  // it runs or what it expects. Empty: nothing is known of it.
  std::string refusal_fingerprint;
  // The probe, bound to what the probes of one worker share.
  std::function<std::unique_ptr<Probe>(session::Shared&)> make;
};

}  // namespace sonde
