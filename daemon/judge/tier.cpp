#include "daemon/judge/tier.hpp"

#include <algorithm>

namespace sonde {
namespace {

std::uint32_t fitting(std::uint64_t count) {
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(count, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace

void Tier::add(Tally more, std::uint32_t now) {
  settle(now);
  const Tally was = at(now);
  put(now, {was.attempts + more.attempts, was.failures + more.failures});
  mark(now);
}

void Tier::settle(std::uint32_t now) {
  if (total_.attempts > 0 && now > newest_) age(now);
  if (total_.attempts > 0 && now < newest_) draw_back(now);
  newest_ = now;
}

void Tier::age(std::uint32_t now) {
  const std::int64_t passed = std::min<std::int64_t>(std::int64_t{now} - newest_, size_);
  for (std::int64_t i = 1; i <= passed; ++i) put(newest_ + i, {});
}

void Tier::draw_back(std::uint32_t now) {
  const std::int64_t first = std::max<std::int64_t>(now, oldest());
  const Tally ahead = sum(first, newest_ - first + 1);
  for (std::int64_t slot = first; slot <= newest_; ++slot) put(slot, {});
  put(now, ahead);
  mark(now);
  mark(newest_);
}

Tally Tier::over(std::uint32_t count, std::uint32_t now) const {
  const std::int64_t wanted = std::min<std::uint32_t>(count, size_);
  const std::int64_t first = std::max(std::int64_t{now} - wanted + 1, oldest());
  const std::int64_t kept = newest_ - first + 1;
  if (kept <= 0) return {};
  if (kept * 2 <= size_) return sum(first, kept);
  const Tally older = sum(oldest(), size_ - kept);
  return {total_.attempts - older.attempts, total_.failures - older.failures};
}

std::vector<Tier::Bucket> Tier::take_changes() {
  std::vector<Bucket> changes;
  const std::int64_t from = changed_from_, to = changed_to_;
  for (auto slot = std::max(from, oldest()); slot <= std::min<std::int64_t>(to, newest_); ++slot)
    changes.push_back({static_cast<std::uint32_t>(slot), at(slot)});
  // What lay in the future before the clock was set back.
  for (auto slot = std::max({from, newest_ + std::int64_t{1}, to - size_ + 1}); slot <= to; ++slot)
    changes.push_back({static_cast<std::uint32_t>(slot), {}});
  changed_from_ = std::numeric_limits<std::uint32_t>::max();
  changed_to_ = 0;
  return changes;
}

void Tier::restore(const Bucket& bucket) {
  const bool sound = bucket.tally.attempts > 0 && bucket.tally.failures <= bucket.tally.attempts;
  if (!sound || (total_.attempts > 0 && bucket.slot <= newest_)) return;
  settle(bucket.slot);
  put(bucket.slot, bucket.tally);
}

std::size_t Tier::index(std::int64_t slot) const {
  return static_cast<std::size_t>((slot % size_ + size_) % size_);
}

Tally Tier::at(std::int64_t slot) const {
  const std::size_t i = index(slot);
  return {attempts_.at(i), failures_.at(i)};
}

void Tier::put(std::int64_t slot, Tally tally) {
  const std::size_t i = index(slot);
  const Tally was = at(slot);
  const Tally is{fitting(tally.attempts), fitting(tally.failures)};
  attempts_.set(i, fitting(is.attempts));
  failures_.set(i, fitting(is.failures));
  total_.attempts += is.attempts - was.attempts;  // modulo 2^64: the sum is never below 0
  total_.failures += is.failures - was.failures;
}

Tally Tier::sum(std::int64_t first, std::int64_t count) const {
  const std::size_t from = index(first), all = static_cast<std::size_t>(count);
  const std::size_t before_end = std::min(all, size_ - from), after = all - before_end;
  return {attempts_.sum(from, before_end) + attempts_.sum(0, after),
          failures_.sum(from, before_end) + failures_.sum(0, after)};
}

void Tier::mark(std::uint32_t slot) {
  changed_from_ = std::min(changed_from_, slot);
  changed_to_ = std::max(changed_to_, slot);
}

}  // namespace sonde
