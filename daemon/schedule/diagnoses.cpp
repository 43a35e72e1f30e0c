#include "daemon/schedule/diagnoses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "probes/text/encode.hpp"
#include "probes/text/printable.hpp"

namespace sonde::schedule {
namespace {

constexpr Span lately = std::chrono::minutes(10);
constexpr Span hour = std::chrono::hours(1);
constexpr std::size_t known_max = 16;

std::string digest_of(const diagnosis::Observation& failure) {
  return text::sha256(fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}", name(failure.step),
                                  name(failure.reason), failure.status, failure.content_type,
                                  failure.location, failure.server, failure.code, failure.ended_by))
      .substr(0, 16);
}

}  // namespace

void Diagnoses::passed(Instant now) {
  passed_ = now;
  known_.clear();
  remembered_.clear();
}

bool Diagnoses::passed_lately(Instant now) const { return passed_ && now - *passed_ <= lately; }

const Conclusion* Diagnoses::known(const diagnosis::Observation& failure) {
  const Known* found = find(failure);
  return found != nullptr && found->conclusion ? &*found->conclusion : nullptr;
}

Reason Diagnoses::counted_as(const diagnosis::Observation& failure, Reason reason) {
  Known& known = entry(failure);
  if (!known.counted_as) known.counted_as = reason;
  return *known.counted_as;
}

Diagnoses::Known* Diagnoses::find(const diagnosis::Observation& failure) {
  const auto found = std::ranges::find(known_, failure, &Known::failure);
  if (found != known_.end()) return &*found;
  const auto before = remembered_.empty()
                          ? remembered_.end()
                          : std::ranges::find(remembered_, digest_of(failure), &Remembered::digest);
  if (before == remembered_.end()) return nullptr;
  known_.push_back({failure, std::move(before->conclusion), before->counted_as});
  remembered_.erase(before);
  return &known_.back();
}

Diagnoses::Known& Diagnoses::entry(const diagnosis::Observation& failure) {
  if (Known* found = find(failure)) return *found;
  if (known_.size() >= known_max) known_.pop_front();
  return known_.emplace_back(Known{.failure = failure, .conclusion = {}, .counted_as = {}});
}

bool Diagnoses::begin(int max_per_hour, Instant now) {
  while (!begun_.empty() && now - begun_.front() >= hour) begun_.pop_front();
  if (under_way_ || begun_.size() >= static_cast<std::size_t>(max_per_hour)) return false;
  begun_.push_back(now);
  under_way_ = true;
  return true;
}

void Diagnoses::end(const diagnosis::Observation& failure, std::optional<Conclusion> conclusion,
                    bool asked) {
  under_way_ = false;
  const bool overtaken = passed_ && !begun_.empty() && *passed_ > begun_.back();
  if (!asked && !begun_.empty()) begun_.pop_back();
  if (!conclusion || overtaken) return;
  entry(failure).conclusion = std::move(conclusion);
}

// One line each: digest, the reason that it is counted under, the concluded one or "-", and the
// explanation.
std::string Diagnoses::text() const {
  std::string all;
  for (const auto& [failure, conclusion, counted] : known_)
    if (counted)
      all += fmt::format("{} {} {} {}\n", digest_of(failure), name(*counted),
                         conclusion ? name(conclusion->reason) : "-",
                         conclusion ? conclusion->because : "");
  return all;
}

void Diagnoses::restore(std::string_view text) {
  std::istringstream lines{std::string(text)};
  for (std::string line; remembered_.size() < known_max && std::getline(lines, line);) {
    std::istringstream words(line);
    std::string digest, counted, concluded, because;
    words >> digest >> counted >> concluded >> std::ws;
    std::getline(words, because);
    const auto begun = reason_named(counted), reason = reason_named(concluded);
    if (!begun) continue;
    Remembered one{.digest = digest, .conclusion = {}, .counted_as = *begun};
    if (reason) one.conclusion = Conclusion{*reason, because};
    remembered_.push_back(std::move(one));
  }
}

namespace {

constexpr std::string_view mark = "standing", tried_mark = "tried";  // no digests
constexpr std::size_t standing_max = 16, standing_detail_max = 512;

}  // namespace

std::string text_of(const StandingRefusals& standing, std::string_view tried) {
  std::string all;
  if (!standing.empty() && !tried.empty()) all = fmt::format("{} {}\n", tried_mark, tried);
  for (const auto& [check, failure] : standing)
    all += fmt::format("{} {} {} {}\n", mark, check, name(failure.reason),
                       text::printable(failure.detail, true, standing_detail_max));
  return all;
}

bool tries_same(std::string_view text, std::string_view tried) {
  return !tried.empty() && text.find(fmt::format("{} {}\n", tried_mark, tried)) != text.npos;
}

StandingRefusals standing_refusals_in(std::string_view text) {
  StandingRefusals standing;
  std::istringstream lines{std::string(text)};
  for (std::string line; standing.size() < standing_max && std::getline(lines, line);) {
    std::istringstream words(line);
    std::string first, check, reason, detail;
    words >> first >> check >> reason >> std::ws;
    std::getline(words, detail);
    const auto known = reason_named(reason);
    if (first == mark && known) standing[check] = {*known, detail};
  }
  return standing;
}

}  // namespace sonde::schedule
