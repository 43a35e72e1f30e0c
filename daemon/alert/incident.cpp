#include "daemon/alert/incident.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace sonde::alert {
namespace {

constexpr int after_path = 5;

// Firing, on the path and not suppressed: such alerts form an incident.
bool counts(const IncidentMember& member) {
  return member.firing && member.part == IncidentRole::path && member.place && !member.always &&
         member.cause.empty() && member.suppressed.empty();
}

// Notified separately, whatever else fires.
bool stands_alone(const IncidentMember& member) {
  return member.part == IncidentRole::apart || member.always;
}

// The alerts that own steps of the path. One for each position and severity is sufficient, so there
// are few, however many alerts fire.
class Owners {
 public:
  explicit Owners(std::span<const IncidentMember> members) {
    for (const IncidentMember& member : members)
      if (counts(member))
        for (Step step : member.owns) add({step, &member});
  }

  // The owners of the failures, in order; empty unless each failure has one.
  std::vector<const IncidentMember*> of(const IncidentMember& member) const {
    const auto& [steps, complete] = member.failing;
    if (member.always || !member.place || !complete) return {};
    std::vector<const IncidentMember*> all;
    for (Step step : steps) {
      const IncidentMember* owner = of(step, member);
      if (owner == nullptr) return {};
      all.push_back(owner);
    }
    return all;
  }

 private:
  struct Owner {
    Step step;
    const IncidentMember* member;
  };

  void add(const Owner& owner) {
    const bool known = std::ranges::any_of(all_, [&](const Owner& other) {
      return other.step == owner.step && other.member->place == owner.member->place &&
             other.member->severity == owner.member->severity;
    });
    if (!known) all_.push_back(owner);
  }

  const IncidentMember* of(Step step, const IncidentMember& later) const {
    const auto place = row(step).place;
    if (!place || *place >= *later.place) return nullptr;
    for (const auto& [owned, member] : all_)
      if (owned == step && member->severity >= later.severity && *member->place < *later.place)
        return member;
    return nullptr;
  }

  std::vector<Owner> all_;
};

class Incident {
 public:
  explicit Incident(std::span<const IncidentMember> members)
      : members_(members), owners_(members), decisions_(members.size()) {}

  std::vector<NotifyDecision> decide();

 private:
  const IncidentMember* lead(Severity severity) const;
  std::vector<std::size_t> in_order() const;
  void follow(const IncidentMember& member);
  void keep_open(std::size_t i);
  void decide(std::size_t i);
  bool is_held(std::size_t i);
  bool joins(const IncidentMember& member) const;
  void hold(std::size_t i, std::string why);
  void mute(std::size_t i, std::string why);
  void list_others();

  std::span<const IncidentMember> members_;
  Owners owners_;
  std::vector<NotifyDecision> decisions_;
  // the paging alert of highest severity, which represents the incident
  const IncidentMember* lead_ = nullptr;
};

// The paging alert, if it has at least that severity.
const IncidentMember* Incident::lead(Severity severity) const {
  return lead_ != nullptr && lead_->severity >= severity ? lead_ : nullptr;
}

void Incident::follow(const IncidentMember& member) {
  if (lead_ == nullptr || member.severity > lead_->severity) lead_ = &member;
}

// Order: notified ones first, then by severity, then earliest first, then by position on the path.
std::vector<std::size_t> Incident::in_order() const {
  std::vector<std::size_t> order(members_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto key = [&](std::size_t i) {
    const IncidentMember& member = members_[i];
    return std::tuple(!member.was_notified, !member.firing, -static_cast<int>(member.severity),
                      member.fired_at, member.place.value_or(after_path), i);
  };
  std::ranges::sort(order, {}, key);
  return order;
}

// Keeps an ended alert in the incident if another of its severity would otherwise have to page.
void Incident::keep_open(std::size_t i) {
  const IncidentMember& ended = members_[i];
  decisions_[i].notified = ended.was_notified;
  decisions_[i].open = std::ranges::any_of(members_, [&](const IncidentMember& member) {
    return counts(member) && !member.was_notified && member.severity >= ended.severity &&
           lead(member.severity) == nullptr;
  });
  decisions_[i].open &=
      ended.was_notified && ended.part == IncidentRole::path && ended.place && !ended.always;
  if (decisions_[i].open) follow(ended);
}

void Incident::hold(std::size_t i, std::string why) {
  decisions_[i].notified = members_[i].was_notified;
  decisions_[i].held_by = std::move(why);
}

void Incident::mute(std::size_t i, std::string why) {
  hold(i, std::move(why));
  decisions_[i].muted = true;
}

void Incident::decide(std::size_t i) {
  const IncidentMember& member = members_[i];
  if (!member.firing) return keep_open(i);
  if (!member.suppressed.empty()) return mute(i, member.suppressed);
  if (!member.cause.empty()) return mute(i, member.cause);
  if (!member.was_notified && is_held(i)) return;
  decisions_[i].notified = true;
  decisions_[i].joins = joins(member);
  decisions_[i].own_group = !counts(member) && !decisions_[i].joins;
  if (counts(member)) follow(member);
}

// Whether other alerts explain all of its failures.
bool Incident::is_held(std::size_t i) {
  const IncidentMember& member = members_[i];
  if (stands_alone(member)) return false;
  const auto owners = owners_.of(member);
  if (owners.empty()) return false;
  hold(i, "held by " + owners.front()->name);
  for (const IncidentMember* owner : owners)
    decisions_[i].holders.push_back(static_cast<std::size_t>(owner - members_.data()));
  return true;
}

bool Incident::joins(const IncidentMember& member) const {
  return !stands_alone(member) && lead(member.severity) != nullptr;
}

// Names of probes are more informative than names of rules, unless the probe is the one that pages.
void Incident::list_others() {
  const IncidentMember* first = lead(Severity::info);
  if (first == nullptr) return;
  auto& also = decisions_[static_cast<std::size_t>(first - members_.data())].also;
  for (const IncidentMember& other : members_) {
    const bool shown = other.firing && other.suppressed.empty() && other.cause.empty();
    if (&other == first || !shown || stands_alone(other)) continue;
    const bool another_probe = !other.probe.empty() && other.probe != first->probe;
    if (another_probe || other.name != first->name)
      also.push_back(another_probe ? other.probe : other.name);
  }
  std::ranges::sort(also);
  also.erase(std::ranges::unique(also).begin(), also.end());
}

std::vector<NotifyDecision> Incident::decide() {
  for (std::size_t i : in_order()) decide(i);
  list_others();
  return std::move(decisions_);
}

}  // namespace

Failing failing_of(const Failures& failures) {
  Failing failing{{}, failures.complete};
  for (const auto& group : failures.groups)
    if (std::ranges::find(failing.steps, group.step) == failing.steps.end())
      failing.steps.push_back(group.step);
  return failing;
}

std::optional<int> place_of(const Check& check) {
  if (goes_through(check, Step::health)) return std::nullopt;  // also where it logs in
  if (goes_through(check, Step::isolation)) return after_path;
  for (Step step : {Step::events, Step::upgrade, Step::login})
    if (goes_through(check, step)) return row(step).place;
  return std::nullopt;
}

std::vector<Step> own_steps(const Check& check) {
  const auto place = place_of(check);
  std::vector<Step> own;
  for (Step step : check.steps)
    if (place && row(step).place.value_or(after_path) >= *place) own.push_back(step);
  return own;
}

std::vector<NotifyDecision> rule_on(std::span<const IncidentMember> members) {
  return Incident(members).decide();
}

}  // namespace sonde::alert
