#include "daemon/judge/judge.hpp"

#include <algorithm>
#include <utility>

#include "daemon/judge/check_stats.hpp"
#include "daemon/judge/wall_clock.hpp"
#include "daemon/judge/window.hpp"

namespace sonde::judge {
namespace {

// Results arrive slightly out of order; an older one than this means that the clock was set back.
constexpr std::chrono::seconds disorder_max{60};
// Limit on checks that were removed and may return.
constexpr std::size_t parked_max = 1000;

}  // namespace

Judge::Judge(Excluded excluded) : excluded_(std::move(excluded)) {}
Judge::~Judge() = default;

void Judge::assign(std::vector<std::shared_ptr<const Check>> checks) {
  auto old = std::exchange(histories_, {});
  by_check_.clear();
  for (const auto& check : checks) {
    auto known = old.extract(key_of(*check));
    if (known.empty()) known = parked_.extract(key_of(*check));
    if (known.empty()) {
      histories_.emplace(key_of(*check), std::make_unique<CheckStats>(check));
    } else {
      known.mapped()->renew(check);
      histories_.insert(std::move(known));
    }
    by_check_[check.get()] = find(key_of(*check));
  }
  for (auto& [key, history] : old) {
    history->take_changes(gone_);
    std::erase(changed_, history.get());
    if (parked_.size() < parked_max) parked_.emplace(key, std::move(history));
  }
  checks_ = std::move(checks);
}

void Judge::watch(const std::vector<Watched>& watched) {
  std::map<CheckStats*, std::vector<Timed>> wanted;
  for (const Watched& one : watched)
    if (CheckStats* history = find(*one.check)) wanted[history].push_back(one.timed);
  for (auto& [key, history] : histories_) history->watch(wanted[history.get()]);
}

void Judge::restore(const RestoredState& remembered) {
  for (const SeriesRows& rows : remembered.series) restore(rows);
  for (const StateRecord& note : remembered.notes) {
    const bool ours = note.component == "judge" || note.component == "certificates";
    CheckStats* history = ours ? find(note.key) : nullptr;
    if (history) history->restore(note);
  }
  for (const EvidenceRow& row : remembered.failures)
    if (CheckStats* history = find(row.check)) history->restore(row);
}

// A name may contain a space, so every part before a space is tried as the key of a check.
void Judge::restore(const SeriesRows& rows) {
  const std::string& name = rows.series;
  for (auto space = name.find(' '); space != std::string::npos; space = name.find(' ', space + 1))
    if (CheckStats* history = find(name.substr(0, space)))
      history->restore(std::string_view(name).substr(space + 1), rows);
}

void Judge::take_changes(Changes& changes) {
  const Changes gone = std::exchange(gone_, {});
  changes.buckets.insert(changes.buckets.end(), gone.buckets.begin(), gone.buckets.end());
  changes.notes.insert(changes.notes.end(), gone.notes.begin(), gone.notes.end());
  for (CheckStats* history : std::exchange(changed_, {})) history->take_changes(changes);
}

void Judge::accept(const ResultPtr& result) {
  CheckStats* history = find(*result->check);
  if (!history) return;
  const WallTime end = end_of(*result);
  heed_clock(seconds_of(end));
  if (!history->changed()) changed_.push_back(history);
  history->add(*result, excluded_ && excluded_(*result->check, result->started));
}

void Judge::heed_clock(WallSeconds now) {
  const bool set_back = now + disorder_max < latest_;
  latest_ = set_back ? now : std::max(latest_, now);
  if (!set_back) return;
  for (auto& [key, history] : histories_) {
    if (!history->changed()) changed_.push_back(history.get());
    history->settle(now);
  }
  for (auto& [key, history] : parked_) history->settle(now);
}

std::vector<Rate> Judge::rates(const Check& check) const {
  const CheckStats* history = find(check);
  return history ? history->rates() : std::vector<Rate>();
}

Tally Judge::tally(const Check& check, const Rate& rate, std::chrono::seconds length,
                   WallSeconds now) const {
  const CheckStats* history = find(check);
  return history ? history->tally(rate, length, now) : Tally{};
}

Failures Judge::failures(const Check& check, std::chrono::seconds length, WallSeconds now) const {
  const CheckStats* history = find(check);
  return history ? history->failures(length, now) : Failures{};
}

std::vector<Tally> Judge::days(const Check& check, std::size_t count, WallSeconds now) const {
  const CheckStats* history = find(check);
  return history ? history->days(count, now) : std::vector<Tally>();
}

CheckStatus Judge::standing(const Check& check) const {
  const CheckStats* history = find(check);
  return history ? history->standing() : CheckStatus{};
}

std::optional<Quantile> Judge::quantile(const Check& check, Timed timed, double q,
                                        std::chrono::seconds length, WallSeconds now) const {
  const CheckStats* history = find(check);
  return history ? history->quantile(timed, q, length, now) : std::nullopt;
}

// A run that is under way when the checks change has the earlier Check object.
CheckStats* Judge::find(const Check& check) const {
  auto known = by_check_.find(&check);
  return known != by_check_.end() ? known->second : find(key_of(check));
}

CheckStats* Judge::find(const std::string& key) const {
  auto known = histories_.find(key);
  return known == histories_.end() ? nullptr : known->second.get();
}

}  // namespace sonde::judge
