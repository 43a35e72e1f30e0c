#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "daemon/core/result.hpp"
#include "daemon/core/view.hpp"

namespace sonde {

// What has to survive a crash, as the rooms hand it to record and get it back at start. Record
// knows what none of it means.

// A check in the store: "kind/probe/target".
std::string key_of(const Check& check);

// One bucket of one window of one rate. No attempts: it is to be forgotten (the clock was set
// back).
struct BucketRow {
  std::string series;      // key_of(check) + " success" | " auth/login" | " event/agent_started"
  std::uint8_t tier = 0;   // 0: 10s, 1: 2m, 2: 10m, 3: 1h
  std::uint32_t slot = 0;  // Unix seconds / step of the tier
  std::uint32_t attempts = 0, failures = 0;
  friend bool operator==(const BucketRow&, const BucketRow&) = default;
};

// A room's own state, in a text that only the room reads. An empty text forgets the note.
struct StateRecord {
  // "alert", "receiver", "maintenance", "judge", "certificates", "deploys", "lockout",
  // "conclusions"
  std::string room;
  std::string key;
  std::string text;
  friend bool operator==(const StateRecord&, const StateRecord&) = default;
};

// A failed run of the recent past, as judge wants it back.
struct FailureRow {
  std::string check;  // key_of
  WallTime at;        // its end
  Verdict verdict;
};

// A Result on its way into the store.
struct KeptResult {
  // NOLINTNEXTLINE(google-explicit-constructor): most are as they came
  KeptResult(ResultPtr of = nullptr, bool is_excluded = false)
      : result(std::move(of)), excluded(is_excluded) {}
  const Result& operator*() const { return *result; }
  const Result* operator->() const { return result.get(); }

  ResultPtr result;
  bool excluded;  // it began within a maintenance, and counts nowhere
};

// Written together; where the disk is full, in parts.
struct Changes {
  std::vector<KeptResult> results;
  std::vector<BucketRow> buckets;
  std::vector<StateRecord> notes;
  bool empty() const { return rows() == 0; }
  std::size_t rows() const { return results.size() + buckets.size() + notes.size(); }
};

// All the buckets that were kept of one series. Its name stands once: a month of a hundred probes
// is a million buckets.
struct SeriesRows {
  struct Bucket {
    std::uint8_t tier = 0;
    std::uint32_t slot = 0, attempts = 0, failures = 0;
    friend bool operator==(const Bucket&, const Bucket&) = default;
  };
  std::string series;
  std::vector<Bucket> buckets;  // in the order of tier and slot
  friend bool operator==(const SeriesRows&, const SeriesRows&) = default;
};

// What was there at start.
struct RestoredState {
  std::vector<SeriesRows> series;  // in the order of their names
  std::vector<StateRecord> notes;
  std::vector<FailureRow> failures;  // of the last 30 days, oldest first, that count
};

}  // namespace sonde
