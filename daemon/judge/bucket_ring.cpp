#include "daemon/judge/bucket_ring.hpp"

#include <algorithm>

namespace sonde::judge {
namespace {

std::uint32_t fitting(std::uint64_t count) {
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(count, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace

void BucketRing::add(Tally more, std::uint32_t now) {
  settle(now);
  const std::size_t i = index(now);
  const Tally was = at(i);
  put(i, {was.attempts + more.attempts, was.failures + more.failures});
  mark(now);
}

void BucketRing::settle(std::uint32_t now) {
  if (total_.attempts > 0 && now > newest_)
    clear(newest_ + std::int64_t{1}, std::min<std::int64_t>(now - newest_, size_));
  if (total_.attempts > 0 && now < newest_) draw_back(now);
  newest_ = now;
}

// Most are empty already, and a bucket without attempts has no failures.
void BucketRing::clear(std::int64_t first, std::int64_t count) {
  std::size_t i = index(first);
  for (; count > 0; --count) {
    if (attempts_.at(i) > 0) put(i, {});
    if (++i == size_) i = 0;
  }
}

void BucketRing::draw_back(std::uint32_t now) {
  const std::int64_t first = std::max<std::int64_t>(now, oldest());
  const Tally ahead = sum(first, newest_ - first + 1);
  clear(first, newest_ - first + 1);
  put(index(now), ahead);
  mark(now);
  mark(newest_);
}

Tally BucketRing::over(std::uint32_t count, std::uint32_t now) const {
  const std::int64_t wanted = std::min<std::uint32_t>(count, size_);
  const std::int64_t first = std::max(std::int64_t{now} - wanted + 1, oldest());
  const std::int64_t kept = newest_ - first + 1;
  if (kept <= 0) return {};
  if (kept * 2 <= size_) return sum(first, kept);
  const Tally older = sum(oldest(), size_ - kept);
  return {total_.attempts - older.attempts, total_.failures - older.failures};
}

Tally BucketRing::of(std::uint32_t slot) const {
  return slot < oldest() || slot > newest_ ? Tally{} : at(index(slot));
}

void BucketRing::restore(const Bucket& bucket) {
  const bool sound = bucket.tally.attempts > 0 && bucket.tally.failures <= bucket.tally.attempts;
  if (!sound || (total_.attempts > 0 && bucket.slot <= newest_)) return;
  settle(bucket.slot);
  put(index(bucket.slot), bucket.tally);
}

std::size_t BucketRing::index(std::int64_t slot) const {
  return static_cast<std::size_t>((slot % size_ + size_) % size_);
}

void BucketRing::put(std::size_t i, Tally tally) {
  const Tally was = at(i);
  const Tally is{fitting(tally.attempts), fitting(tally.failures)};
  attempts_.set(i, fitting(is.attempts));
  failures_.set(i, fitting(is.failures));
  total_.attempts += is.attempts - was.attempts;  // modulo 2^64: the sum is never below 0
  total_.failures += is.failures - was.failures;
}

Tally BucketRing::sum(std::int64_t first, std::int64_t count) const {
  const std::size_t from = index(first), all = static_cast<std::size_t>(count);
  const std::size_t before_end = std::min(all, size_ - from), after = all - before_end;
  return {attempts_.sum(from, before_end) + attempts_.sum(0, after),
          failures_.sum(from, before_end) + failures_.sum(0, after)};
}

void BucketRing::mark(std::uint32_t slot) {
  changed_from_ = std::min(changed_from_, slot);
  changed_to_ = std::max(changed_to_, slot);
}

}  // namespace sonde::judge
