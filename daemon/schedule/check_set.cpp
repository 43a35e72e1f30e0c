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

void CheckSet::assign(std::vector<Assignment> duties, const Make& make, Instant now) {
  std::set<std::size_t> gone;
  for (const auto& [id, station] : stations_) gone.insert(id);
  const Standing before = standing();
  for (Assignment& duty : duties) {
    auto known = ids_.find(identity(*duty.check));
    if (known == ids_.end())
      add(std::move(duty), make, now, before);
    else
      gone.erase(known->second);
  }
  agenda_.remove(gone);
  for (std::size_t id : gone) stations_.erase(id);
  std::erase_if(ids_, [&gone](const auto& row) { return gone.contains(row.second); });
}

CheckSet::Standing CheckSet::standing() const {
  Standing all;
  for (const auto& [id, station] : stations_)
    if (!station->check->refusal_fingerprint.empty())
      all.emplace(tried_by(*station->check), station->standing);
  return all;
}

void CheckSet::add(Assignment duty, const Make& make, Instant now, const Standing& standing) {
  const Check& check = *duty.check;
  const std::size_t id = next_id_++;
  agenda_.add(id, phase_of(check.name, check.target, check.every), check.every, now);
  ids_.emplace(identity(check), id);
  ScheduledCheck station{duty.check, make(check), std::move(duty.in_flight), std::nullopt, 0U,
                         {},         {}};
  const auto before = standing.find(tried_by(check));
  station.standing =
      before != standing.end() ? before->second : std::make_shared<StandingRefusals>();
  if (auto kept = remembered_.extract(key_of(check)); !kept.empty()) {
    const std::string first = check.fingerprint + "\n";  // it was concluded of this configuration
    const bool same = kept.mapped().starts_with(first);
    if (same) station.diagnoses.restore(std::string_view(kept.mapped()).substr(first.size()));
    if (same || tries_same(kept.mapped(), check.refusal_fingerprint))
      *station.standing = standing_refusals_in(kept.mapped());
  }
  stations_.emplace(id, std::make_shared<ScheduledCheck>(std::move(station)));
}

void CheckSet::restore(std::map<std::string, std::string> conclusions) {
  remembered_ = std::move(conclusions);
}

void CheckSet::clear() { *this = CheckSet(); }

}  // namespace sonde::schedule
