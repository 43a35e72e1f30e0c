#include "daemon/schedule/check_set.hpp"

#include <set>
#include <string_view>
#include <utility>

#include "daemon/core/change.hpp"
#include "daemon/schedule/standing_refusals.hpp"

namespace sonde::schedule {

void CheckSet::assign(std::vector<Assignment> duties, const Make& make, Instant now) {
  std::set<std::size_t> gone;
  for (const auto& [id, station] : stations_) gone.insert(id);
  for (Assignment& duty : duties) {
    auto known = ids_.find(identity(*duty.check));
    if (known == ids_.end())
      add(std::move(duty), make, now);
    else
      gone.erase(known->second);
  }
  agenda_.remove(gone);
  for (std::size_t id : gone) stations_.erase(id);
  std::erase_if(ids_, [&gone](const auto& row) { return gone.contains(row.second); });
}

void CheckSet::add(Assignment duty, const Make& make, Instant now) {
  const Check& check = *duty.check;
  const std::size_t id = next_id_++;
  agenda_.add(id, phase_of(check.name, check.target, check.every), check.every, now);
  ids_.emplace(identity(check), id);
  ScheduledCheck station{duty.check, make(check), std::move(duty.in_flight), std::nullopt, 0U,
                         {},         {}};
  if (auto kept = remembered_.extract(key_of(check)); !kept.empty()) {
    const std::string first = check.fingerprint + "\n";  // concluded with this configuration
    if (kept.mapped().starts_with(first)) {
      const std::string_view known = std::string_view(kept.mapped()).substr(first.size());
      station.diagnoses.restore(known);
      station.standing = standing_refusals_in(known);
    }
  }
  stations_.emplace(id, std::make_shared<ScheduledCheck>(std::move(station)));
}

void CheckSet::restore(std::map<std::string, std::string> conclusions) {
  remembered_ = std::move(conclusions);
}

void CheckSet::clear() { *this = CheckSet(); }

}  // namespace sonde::schedule
