#include "daemon/schedule/check_set.hpp"

#include <set>
#include <string_view>
#include <utility>

#include "daemon/core/change.hpp"
#include "daemon/schedule/diagnoses.hpp"

namespace sonde::schedule {
namespace {

std::string tried_by(const Check& check) {
  return key_of(check) + '\0' + check.refusal_fingerprint;
}

}  // namespace

void CheckSet::assign(std::vector<Assignment> assignments, const Make& make, Instant now) {
  std::set<std::size_t> gone;
  for (const auto& [id, entry] : entries_) gone.insert(id);
  const Standing before = standing();
  for (Assignment& assignment : assignments) {
    auto known = ids_.find(identity(*assignment.check));
    if (known == ids_.end())
      add(std::move(assignment), make, now, before);
    else
      gone.erase(known->second);
  }
  schedule_.remove(gone);
  for (std::size_t id : gone) entries_.erase(id);
  std::erase_if(ids_, [&gone](const auto& row) { return gone.contains(row.second); });
}

ScheduledCheckPtr CheckSet::find(const std::string& identity) const {
  const auto known = ids_.find(identity);
  return known == ids_.end() ? nullptr : entries_.at(known->second);
}

CheckSet::Standing CheckSet::standing() const {
  Standing all;
  for (const auto& [id, entry] : entries_)
    if (!entry->check->refusal_fingerprint.empty())
      all.emplace(tried_by(*entry->check), entry->standing);
  return all;
}

void CheckSet::add(Assignment assignment, const Make& make, Instant now, const Standing& standing) {
  const Check& check = *assignment.check;
  const std::size_t id = next_id_++;
  schedule_.add(id, phase_of(check.name, check.target, check.every), check.every, now);
  ids_.emplace(identity(check), id);
  ScheduledCheck entry{
      assignment.check, make(check), std::move(assignment.in_flight), std::nullopt, 0U, {}, {}};
  const auto before = standing.find(tried_by(check));
  entry.standing = before != standing.end() ? before->second : std::make_shared<StandingRefusals>();
  if (auto kept = remembered_.extract(key_of(check)); !kept.empty()) {
    const std::string first = check.fingerprint + "\n";  // it was concluded of this configuration
    const bool same = kept.mapped().starts_with(first);
    if (same) entry.diagnoses.restore(std::string_view(kept.mapped()).substr(first.size()));
    if (same || tries_same(kept.mapped(), check.refusal_fingerprint))
      *entry.standing = standing_refusals_in(kept.mapped());
  }
  entries_.emplace(id, std::make_shared<ScheduledCheck>(std::move(entry)));
}

void CheckSet::restore(std::map<std::string, std::string> conclusions) {
  remembered_ = std::move(conclusions);
}

void CheckSet::clear() { *this = CheckSet(); }

}  // namespace sonde::schedule
