#include "daemon/alert/incident.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace sonde {
namespace {

constexpr int after_path = 5;

bool goes_through(const Check& check, Step step) {
  return std::ranges::find(check.steps, step) != check.steps.end();
}

// Firing, on the path and able to speak: such alerts make up an incident.
bool counts(const Member& member) {
  return member.firing && member.part == Part::path && member.place && !member.always &&
         member.cause.empty() && member.suppressed.empty();
}

const Member* owner_of(Step step, const Member& later, std::span<const Member> members) {
  for (const Member& owner : members)
    if (counts(owner) && owner.severity >= later.severity && *owner.place < *later.place &&
        std::ranges::find(owner.owns, step) != owner.owns.end())
      return &owner;
  return nullptr;
}

// The alert that owns the first of the failures, if each has an owner.
const Member* held_by(const Member& member, std::span<const Member> members) {
  const auto& [groups, complete] = member.failures;
  if (member.always || !member.place || !complete || groups.empty()) return nullptr;
  const Member* first = nullptr;
  for (const auto& group : groups) {
    const auto place = place_of(group.step);
    const bool earlier = place && *place < *member.place;
    const Member* owner = earlier ? owner_of(group.step, member, members) : nullptr;
    if (owner == nullptr) return nullptr;
    if (first == nullptr) first = owner;
  }
  return first;
}

// What stands for the incident: indices of those that page.
class Incident {
 public:
  explicit Incident(std::span<const Member> members)
      : members_(members), rulings_(members.size()) {}

  std::vector<Ruling> decide();

 private:
  const Member* lead(Severity severity) const;
  std::vector<std::size_t> in_order() const;
  void keep_open(std::size_t i);
  void decide(std::size_t i);
  bool may_page(std::size_t i);
  void hold(std::size_t i, std::string why);
  void tell_the_rest();

  std::span<const Member> members_;
  std::vector<Ruling> rulings_;
  std::vector<const Member*> leads_;
};

// The gravest that pages, of at least that severity.
const Member* Incident::lead(Severity severity) const {
  const auto found =
      std::ranges::max_element(leads_, {}, [](const Member* one) { return one->severity; });
  return found != leads_.end() && (*found)->severity >= severity ? *found : nullptr;
}

// Those that were told come first, then the gravest, the earliest, and the first on the path.
std::vector<std::size_t> Incident::in_order() const {
  std::vector<std::size_t> order(members_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto key = [&](std::size_t i) {
    const Member& member = members_[i];
    return std::tuple(!member.was_told, !member.firing, -static_cast<int>(member.severity),
                      member.fired_at, member.place.value_or(after_path), i);
  };
  std::ranges::sort(order, {}, key);
  return order;
}

// One that has ended goes on while another of its severity would otherwise have to page.
void Incident::keep_open(std::size_t i) {
  const Member& ended = members_[i];
  rulings_[i].told = ended.was_told;
  rulings_[i].open = std::ranges::any_of(members_, [&](const Member& member) {
    return counts(member) && !member.was_told && member.severity >= ended.severity &&
           lead(member.severity) == nullptr;
  });
  rulings_[i].open &= ended.was_told && ended.part == Part::path && ended.place && !ended.always;
  if (rulings_[i].open) leads_.push_back(&ended);
}

void Incident::hold(std::size_t i, std::string why) {
  rulings_[i].told = members_[i].was_told;
  rulings_[i].held_by = std::move(why);
}

void Incident::decide(std::size_t i) {
  const Member& member = members_[i];
  if (!member.firing) return keep_open(i);
  if (!member.suppressed.empty()) return hold(i, member.suppressed);
  if (!member.cause.empty()) return hold(i, member.cause);
  if (!member.was_told && !may_page(i)) return;
  rulings_[i].told = true;
  rulings_[i].own_group = !counts(member);
  if (counts(member)) leads_.push_back(&member);
}

// Whether nothing that fires speaks for it.
bool Incident::may_page(std::size_t i) {
  const Member& member = members_[i];
  if (member.part == Part::apart || member.always) return true;
  if (const Member* owner = held_by(member, members_))
    hold(i, "held by " + owner->name);
  else if (const Member* told = lead(member.severity))
    hold(i, "part of the incident of " + told->name);
  return rulings_[i].held_by.empty();
}

void Incident::tell_the_rest() {
  const Member* first = lead(Severity::info);
  if (first == nullptr) return;
  auto& also = rulings_[static_cast<std::size_t>(first - members_.data())].also;
  for (std::size_t i = 0; i < members_.size(); ++i)
    if (!rulings_[i].told && members_[i].suppressed.empty()) also.push_back(members_[i].name);
  std::ranges::sort(also);
  also.erase(std::ranges::unique(also).begin(), also.end());
}

std::vector<Ruling> Incident::decide() {
  for (std::size_t i : in_order()) decide(i);
  tell_the_rest();
  return std::move(rulings_);
}

}  // namespace

std::optional<int> place_of(Step step) {
  switch (step) {
    case Step::login:
      return 0;
    case Step::upgrade:
      return 1;
    case Step::ready:
      return 2;
    case Step::events:
      return 3;
    case Step::answer:
      return 4;
    default:
      return std::nullopt;
  }
}

std::optional<int> place_of(const Check& check) {
  if (goes_through(check, Step::isolation)) return after_path;
  for (Step step : {Step::events, Step::upgrade, Step::login})
    if (goes_through(check, step)) return place_of(step);
  return std::nullopt;
}

std::vector<Step> own_steps(const Check& check) {
  const auto place = place_of(check);
  std::vector<Step> own;
  for (Step step : check.steps)
    if (place && place_of(step).value_or(after_path) >= *place) own.push_back(step);
  return own;
}

std::vector<Ruling> rule_on(std::span<const Member> members) { return Incident(members).decide(); }

}  // namespace sonde
