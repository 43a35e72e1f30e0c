#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/core/certificates.hpp"
#include "daemon/core/result.hpp"
#include "daemon/metrics/histogram.hpp"

namespace sonde::metrics {

struct PairCount {
  Step step;
  Reason reason;
  std::uint64_t count = 0;
};
struct ReasonCount {
  Reason reason;
  std::uint64_t count = 0;
};
// Failed runs that are counted under `reason`, but have a more precise cause.
struct ConclusionCount {
  Step step;
  Reason reason, concluded;
  std::uint64_t count = 0;
};
struct PhaseSum {
  std::uint64_t count = 0;
  double seconds = 0;
};
struct EventCounts {
  std::string event;
  std::uint64_t expected = 0, delivered = 0, duplicated = 0, late = 0, out_of_order = 0,
                foreign = 0;
};

// All counters of one check: a few KB, however many series. Pure. Retries change only the gauges
// and `flaky`; all other counters and times are of first attempts, so that a retry cannot hide a
// failure.
class Counts {
 public:
  // Starts with a 0 for every series that the check can have.
  explicit Counts(std::shared_ptr<const Check> check);
  // The check with its new configuration; new series start at 0.
  void renew(std::shared_ptr<const Check> check);
  // `excluded`: it began during a maintenance, so the gauges that alerts use stay unchanged.
  void add(const Result& result, bool excluded = false);

  std::shared_ptr<const Check> check;
  std::uint64_t runs = 0, flaky = 0, consecutive_failures = 0;
  std::vector<PairCount> failures, auth_failures;
  std::vector<ReasonCount> inconclusive, skipped;
  std::vector<ConclusionCount> conclusions;
  // Set while no run was judged since: end of the first inconclusive run (Unix seconds), and the
  // reason of the newest. Runs that found our own network down do not count.
  std::optional<double> inconclusive_since;
  Reason inconclusive_reason = Reason::ok;
  struct Attempts {
    Step step;
    std::uint64_t count = 0;
  };
  std::vector<Attempts> auth_attempts;
  std::optional<bool> success;                   // of the last judged attempt
  std::optional<double> last_run, last_success;  // Unix seconds of their ends
  std::optional<double> suppressed;  // when a run was last skipped because logins were rejected
  Histogram duration{latency_bounds}, ready{latency_bounds};
  std::array<PhaseSum, static_cast<std::size_t>(Phase::diagnose)> phases{};
  std::vector<EventCounts> events;
  Histogram first_event{latency_bounds}, terminal_event{latency_bounds},
      longest_silence{latency_bounds};
  CertificateEnds certificates;

 private:
  void add_inconclusive(const Result& result, bool excluded);
  void add_judged(const Result& result, bool excluded);
  void add_first(const Result& result, bool excluded);
  void add_auth(const Result& result);
  void add_times(const Trace& trace);
  void add_events(const Trace& trace);

  MetHosts met_;
};

}  // namespace sonde::metrics
