#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "daemon/core/result.hpp"
#include "daemon/core/view.hpp"

namespace sonde {

// State that has to survive a crash. The components pass it to the store and get it back at start;
// the store does not interpret it.

// The key of a check in the store: "kind/probe/target".
inline std::string key_of(const Check& check) {
  return check.kind + "/" + check.name + "/" + check.target;
}

// The buckets of rates: their width, and how long they are used. The index of a tier is its number
// in the store. Windows use all but the last, in which only `success` is counted, for the page.
struct BucketTier {
  std::chrono::seconds step, span;
  constexpr std::uint16_t buckets() const { return static_cast<std::uint16_t>(span / step); }
};
inline constexpr std::array<BucketTier, 5> bucket_tiers{
    {{std::chrono::seconds(10), std::chrono::hours(1)},
     {std::chrono::minutes(2), std::chrono::hours(6)},
     {std::chrono::minutes(10), std::chrono::hours(24)},
     {std::chrono::hours(1), std::chrono::hours(720)},
     {std::chrono::hours(24), std::chrono::hours(90 * 24)}}};
inline constexpr std::size_t day_tier = bucket_tiers.size() - 1;

// One bucket of one window of one rate. A bucket with no attempts is to be deleted (the clock was
// set back).
struct BucketRow {
  std::string series;      // key_of(check) + " success" | " auth/login" | " event/agent_started"
  std::uint8_t tier = 0;   // index in bucket_tiers
  std::uint32_t slot = 0;  // Unix seconds / bucket length of the tier
  std::uint32_t attempts = 0, failures = 0;
  friend bool operator==(const BucketRow&, const BucketRow&) = default;
};

// State of one component, encoded by the component. An empty text deletes the record.
struct StateRecord {
  // "alert", "history", "receiver", "maintenance", "judge", "certificates", "deploys", "lockout",
  // "conclusions"
  std::string component;
  std::string key;
  std::string text;
  friend bool operator==(const StateRecord&, const StateRecord&) = default;
};

// A Result to be written to the store.
struct KeptResult {
  // NOLINTNEXTLINE(google-explicit-constructor): most results are passed on unchanged
  KeptResult(ResultPtr of = nullptr, bool is_excluded = false)
      : result(std::move(of)), excluded(is_excluded) {}
  const Result& operator*() const { return *result; }
  const Result* operator->() const { return result.get(); }

  ResultPtr result;
  bool excluded;           // it began during a maintenance and is counted nowhere
  PhaseTimes phases = {};  // of the run, also if `result` has no trace any more
};

// A run that passed, with its trace: its transcript is to be stored. The run is written already, or
// is among the results of the same Changes.
struct PassedRun {
  ResultPtr result;
  bool beside_failure = false;  // the one before or after failures; otherwise a sample
};

// Written in one transaction; in several if the disk is full.
struct Changes {
  std::vector<KeptResult> results;
  std::vector<BucketRow> buckets;
  std::vector<StateRecord> notes;
  std::vector<PassedRun> passed = {};
  bool empty() const { return rows() == 0; }
  std::size_t rows() const {
    return results.size() + buckets.size() + notes.size() + passed.size();
  }
};

// All stored buckets of one series. The name is kept once: a month of a hundred probes is a million
// buckets.
struct SeriesRows {
  struct Bucket {
    std::uint8_t tier = 0;
    std::uint32_t slot = 0, attempts = 0, failures = 0;
    friend bool operator==(const Bucket&, const Bucket&) = default;
  };
  std::string series;
  std::vector<Bucket> buckets;  // ordered by tier and slot
  friend bool operator==(const SeriesRows&, const SeriesRows&) = default;
};

// What the store contained at start.
struct RestoredState {
  std::vector<SeriesRows> series;  // ordered by name
  std::vector<StateRecord> notes;
  std::vector<EvidenceRow> failures;  // the last 30 days, oldest first, without excluded runs
};

}  // namespace sonde
