#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/alert/rule_instance.hpp"
#include "daemon/core/view.hpp"

namespace sonde::alert {

// Where a check, or what it can fail at, stands on the path of a user: login, upgrade, ready,
// events, answer, from 0 on; what follows the path comes after it, health beside it is nowhere.
std::optional<int> place_of(const Check& check);
std::optional<int> place_of(Step step);
// The steps that a check is there for: not those that it only goes through.
std::vector<Step> own_steps(const Check& check);

// At which steps runs failed; once each.
struct Failing {
  std::vector<Step> steps;
  bool complete = true;  // false: not all are known
  friend bool operator==(const Failing&, const Failing&) = default;
};
Failing failing_of(const Failures& failures);

// An alert of a target that fires, or that was told and has ended while others fire.
struct IncidentMember {
  std::string name;   // of its rule
  std::string probe;  // the one that it is about; empty: several
  Severity severity = Severity::critical;
  IncidentRole part = IncidentRole::path;
  std::optional<int> place;  // of its checks, the earliest; nothing: beside the path
  Failing failing;           // where the runs failed that count for it, in its window
  std::vector<Step> owns;    // those of its checks' own steps that are among them
  bool always = false;       // it pages, whatever else fires
  std::string cause;         // why nobody is to be told whatever else fires; empty: nothing
  std::string suppressed;    // a maintenance, and whose; empty: none
  WallTime fired_at;
  bool firing = true;
  bool was_told = false;
};

struct NotifyDecision {
  bool told = false;
  std::string held_by;               // why nobody is told
  bool muted = false;                // it is in no message either: a maintenance, or a cause
  std::vector<std::size_t> holders;  // which members hold it back
  bool joins = false;                // it belongs to an incident that has paged already
  bool open = true;                  // false: nothing keeps what has ended
  bool own_group = false;            // told by itself, not with the incident
  std::vector<std::string> also;  // of the one that stands for the incident: the probes, or rules,
                                  // of what else fires
};

// Who is told of the alerts of one target: one cause, one page. Pure. In the order of `members`.
//   - An alert is held back while each failure in its window, all of them known, is at an earlier
//     step that a firing, unsuppressed alert of at least its severity owns.
//   - A target has one incident: the first alert pages. Later ones join it: receivers learn of
//   their
//     start and end with the incident, and are paged again only by a higher severity. One that has
//     ended stands for it as long as others of its severity fire of which nobody was told.
//   - What was told stays told until it ends.
std::vector<NotifyDecision> rule_on(std::span<const IncidentMember> members);

}  // namespace sonde::alert
