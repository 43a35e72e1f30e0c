#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/alert/rule_instance.hpp"
#include "daemon/core/view.hpp"

namespace sonde::alert {

// Position of a check, or of a step, on a user's path: login, upgrade, ready, events, answer,
// counted from 0. Steps after the path come after it; nullopt for health, which is beside the path.
std::optional<int> place_of(const Check& check);
std::optional<int> place_of(Step step);
// The steps that a check is made to test, without those that it only passes through.
std::vector<Step> own_steps(const Check& check);

// The steps at which runs failed, each once.
struct Failing {
  std::vector<Step> steps;
  bool complete = true;  // false: some steps are not known
  friend bool operator==(const Failing&, const Failing&) = default;
};
Failing failing_of(const Failures& failures);

// A firing alert of a target, or one that was notified and ended while others fire.
struct IncidentMember {
  std::string name;   // of its rule
  std::string probe;  // the probe that it is about; empty: several
  Severity severity = Severity::critical;
  IncidentRole part = IncidentRole::path;
  std::optional<int> place;  // earliest position of its checks; empty: beside the path
  Failing failing;           // where the runs failed that count for it, in its window
  std::vector<Step> owns;    // those of the failed steps that its checks are made to test
  bool always = false;       // it pages whatever else fires
  std::string cause;         // why it is not notified whatever else fires; empty: no such cause
  std::string suppressed;    // a maintenance, and whose; empty: none
  WallTime fired_at;
  bool firing = true;
  bool was_notified = false;
};

struct NotifyDecision {
  bool notified = false;
  std::string held_by;               // why receivers are not notified
  bool muted = false;                // it is in no message at all: a maintenance, or a cause
  std::vector<std::size_t> holders;  // indexes of the members that hold it back
  bool joins = false;                // it belongs to an incident that has already paged
  bool open = true;                  // false: nothing keeps an ended alert in the incident
  bool own_group = false;            // notified separately, not with the incident
  // for the alert that represents the incident: the probes or rules of what else fires
  std::vector<std::string> also;
};

// Decides which alerts of one target are notified: one page for one cause. Pure. Returns the
// decisions in the order of `members`.
// - An alert is held back if all failures in its window are known, and each is at an earlier step
// that a firing, unsuppressed alert of at least the same severity is made to test.
// - A target has one incident, and its first alert pages. Later alerts join it: receivers get their
// start and end with the incident, and are paged again only for a higher severity. An alert that
// has ended represents the incident as long as other alerts of its severity fire that were not
// notified.
// - An alert that was notified stays notified until it ends.
std::vector<NotifyDecision> rule_on(std::span<const IncidentMember> members);

}  // namespace sonde::alert
