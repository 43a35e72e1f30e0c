#include "daemon/judge/check_stats.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "daemon/judge/check_status.hpp"
#include "daemon/judge/wall_clock.hpp"

namespace sonde::judge {
namespace {

constexpr std::string_view judge_component = "judge", certificates_component = "certificates";

std::vector<Rate> rates_of(const Check& check) {
  std::vector<Rate> rates{{.of = RateOf::success}};
  for (Step step : {Step::login, Step::upgrade})
    if (std::ranges::find(check.steps, step) != check.steps.end())
      rates.push_back({.of = RateOf::auth, .step = step});
  for (const std::string& event : check.events)
    rates.push_back({.of = RateOf::delivery, .event = event});
  return rates;
}

std::string series_name(const Rate& rate) {
  switch (rate.of) {
    case RateOf::success:
      return "success";
    case RateOf::auth:
      return "auth/" + std::string(name(rate.step));
    case RateOf::delivery:
      return "event/" + rate.event;
  }
  return "";
}

std::uint32_t day_of(WallSeconds at) {
  return static_cast<std::uint32_t>(std::max(at, WallSeconds(0)) / bucket_tiers[day_tier].step);
}

bool is_judged(const Result& result) {
  const Outcome outcome = result.verdict.outcome;
  return result.attempt == 1 && (outcome == Outcome::pass || outcome == Outcome::fail);
}

}  // namespace

CheckStats::CheckStats(std::shared_ptr<const Check> check) { renew(std::move(check)); }

void CheckStats::renew(std::shared_ptr<const Check> check) {
  if (check_ && check_->fingerprint != check->fingerprint) {
    standing_.met.renew();
    standing_.not_performed.clear();
  }
  check_ = std::move(check);
  std::vector<Rate> rates = rates_of(*check_);
  std::vector<Series> series;
  series.reserve(rates.size());  // there are many, and each is large
  for (Rate& rate : rates) {
    Window* known = find(rate);
    Window window = known ? std::move(*known) : Window();
    series.push_back({std::move(rate), std::move(window)});
  }
  series_ = std::move(series);
}

void CheckStats::add(const Result& result, bool excluded) {
  follow(standing_, result, excluded);
  changed_ = true;
  if (is_judged(result) && !excluded) count(result, seconds_of(end_of(result)));
}

void CheckStats::count(const Result& result, WallSeconds now) {
  auto add = [this, now](const Rate& rate, Tally more) {
    Window* window = more.attempts > 0 ? find(rate) : nullptr;
    if (window) window->add(more, now);
  };
  const Verdict& verdict = result.verdict;
  const bool failed = verdict.outcome == Outcome::fail;
  add({.of = RateOf::success}, {1, failed ? 1U : 0U});
  days_.add({1, failed ? 1U : 0U}, day_of(now));
  for (const AuthSample& sample : auth_samples(result))
    add({.of = RateOf::auth, .step = sample.step}, {1, sample.succeeded ? 0U : 1U});
  for (const Trace::Delivery& asked : result.trace->deliveries)
    add({.of = RateOf::delivery, .event = asked.event},
        {asked.expected, asked.expected - std::min(asked.delivered, asked.expected)});
  if (failed) failures_.add(now, verdict, result.id);
  for (Watched& watched : watched_)
    if (auto took = time_of(result, watched.timed)) watched.latencies.add(now, *took);
}

void CheckStats::settle(WallSeconds now) {
  for (Series& series : series_) series.window.settle(now);
  days_.settle(day_of(now));
  for (Watched& watched : watched_) watched.latencies.settle(now);
  failures_.settle(now);
  changed_ = true;
}

std::vector<Rate> CheckStats::rates() const {
  std::vector<Rate> rates;
  std::ranges::transform(series_, std::back_inserter(rates), &Series::rate);
  return rates;
}

Tally CheckStats::tally(const Rate& rate, std::chrono::seconds length, WallSeconds now) const {
  const Window* window = find(rate);
  return window ? window->over(length, now) : Tally{};
}

std::vector<Tally> CheckStats::days(std::size_t count, WallSeconds now) const {
  std::vector<Tally> all(std::min<std::size_t>(count, bucket_tiers[day_tier].buckets()));
  std::uint32_t day = day_of(now);
  for (auto one = all.rbegin(); one != all.rend(); ++one) *one = days_.of(day--);
  return all;
}

Failures CheckStats::failures(std::chrono::seconds length, WallSeconds now) const {
  return failures_.since(window_begin(length, now));
}

std::optional<Quantile> CheckStats::quantile(Timed timed, double q, std::chrono::seconds length,
                                             WallSeconds now) const {
  auto watched = std::ranges::find(watched_, timed, &Watched::timed);
  if (watched == watched_.end()) return std::nullopt;
  return watched->latencies.quantile(q, window_begin(length, now));
}

void CheckStats::watch(const std::vector<Timed>& timed) {
  std::erase_if(watched_, [&timed](const Watched& watched) {
    return std::ranges::find(timed, watched.timed) == timed.end();
  });
  for (Timed one : timed)
    if (std::ranges::find(watched_, one, &Watched::timed) == watched_.end())
      watched_.push_back({one, {}});
}

void CheckStats::take_changes(Changes& changes) {
  if (!std::exchange(changed_, false)) return;
  const std::string key = key_of(*check_);
  for (Series& series : series_) {
    const auto buckets = series.window.take_changes();
    if (buckets.empty()) continue;
    const std::string name = key + " " + series_name(series.rate);
    for (const Window::Bucket& bucket : buckets)
      changes.buckets.push_back({name, bucket.tier, bucket.slot,
                                 static_cast<std::uint32_t>(bucket.tally.attempts),
                                 static_cast<std::uint32_t>(bucket.tally.failures)});
  }
  days_.take_changes([&](const BucketRing::Bucket& bucket) {
    changes.buckets.push_back({key + " " + series_name({.of = RateOf::success}), day_tier,
                               bucket.slot, static_cast<std::uint32_t>(bucket.tally.attempts),
                               static_cast<std::uint32_t>(bucket.tally.failures)});
  });
  changes.notes.push_back({std::string(judge_component), key, text_of(standing_)});
  if (!standing_.certificates_known) return;
  std::string met = check_->fingerprint + "\n" + standing_.met.text(standing_.certificates);
  if (met == certificates_kept_) return;
  changes.notes.push_back({std::string(certificates_component), key, met});
  certificates_kept_ = std::move(met);
}

void CheckStats::restore(std::string_view series, const SeriesRows& rows) {
  auto known =
      std::ranges::find(series_, series, [](const Series& own) { return series_name(own.rate); });
  if (known == series_.end()) return;
  for (const SeriesRows::Bucket& row : rows.buckets)
    known->window.restore({row.tier, row.slot, {row.attempts, row.failures}});
  if (known->rate == Rate{.of = RateOf::success}) restore_days(rows);
}

// A store that has no days yet has the hours of the last 30 days.
void CheckStats::restore_days(const SeriesRows& rows) {
  constexpr std::size_t hour_tier = day_tier - 1;
  constexpr auto hours_a_day =
      static_cast<std::uint32_t>(bucket_tiers[day_tier].step / bucket_tiers[hour_tier].step);
  const bool has_days =
      std::ranges::find(rows.buckets, day_tier, &SeriesRows::Bucket::tier) != rows.buckets.end();
  std::map<std::uint32_t, Tally> days;
  for (const SeriesRows::Bucket& row : rows.buckets) {
    if (row.tier != (has_days ? day_tier : hour_tier)) continue;
    Tally& day = days[has_days ? row.slot : row.slot / hours_a_day];
    day.attempts += row.attempts;
    day.failures += row.failures;
  }
  for (const auto& [slot, tally] : days) days_.restore({slot, tally});
}

void CheckStats::restore(const StateRecord& note) {
  if (note.component == certificates_component) return restore_certificates(note.text);
  if (note.component != judge_component) return;
  auto standing = standing_from(note.text);
  if (!standing) return;
  standing->certificates = std::move(standing_.certificates);
  standing->met = std::move(standing_.met);
  standing->certificates_known = standing_.certificates_known;
  standing_ = std::move(*standing);
}

// Only those of the current configuration: another one may use other hosts.
void CheckStats::restore_certificates(const std::string& text) {
  const std::string first = check_->fingerprint + "\n";
  if (!text.starts_with(first)) return;
  standing_.met.restore(std::string_view(text).substr(first.size()), standing_.certificates);
  standing_.certificates_known = true;
  certificates_kept_ = text;
}

void CheckStats::restore(const EvidenceRow& row) {
  failures_.add(seconds_of(row.ended), row.verdict, row.run);
}

Window* CheckStats::find(const Rate& rate) {
  auto known = std::ranges::find(series_, rate, &Series::rate);
  return known == series_.end() ? nullptr : &known->window;
}

const Window* CheckStats::find(const Rate& rate) const {
  auto known = std::ranges::find(series_, rate, &Series::rate);
  return known == series_.end() ? nullptr : &known->window;
}

}  // namespace sonde::judge
