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

// A counter whose series appears with its first event, at `born`. The page shows it as 0 at first,
// so that Prometheus sees it rise (Scrapers).
struct SparseCount {
  std::uint64_t count = 0;
  Instant born = Instant::max();  // the time of the first event; max: there was none
  void add(std::uint64_t more, Instant now) {
    if (more > 0 && count == 0) born = now;
    count += more;
  }
};
struct PairCount {
  Step step;
  Reason reason;
  SparseCount count = {};
  Exemplar newest = {};
};
struct ReasonCount {
  Reason reason;
  SparseCount count = {};
};
// Failed runs that are counted under `reason`, but have a more precise cause.
struct ConclusionCount {
  Step step;
  Reason reason, concluded;
  SparseCount count = {};
};
struct PhaseSum {
  std::uint64_t count = 0;
  double seconds = 0;
};
struct EventCounts {
  std::string event;
  std::uint64_t expected = 0, delivered = 0;
  SparseCount duplicated = {}, late = {}, out_of_order = {}, foreign = {};
};

// All counters of one check: a few KB, however many series. Pure. Totals start at 0; a pair of step
// and reason and everything else that is rare appears with its first event. Retries change only the
// gauges and `flaky`; all other counters and times are of first attempts, so that a retry cannot
// hide a failure.
class Counts {
 public:
  explicit Counts(std::shared_ptr<const Check> check);
  // The check with its new configuration; new totals start at 0.
  void renew(std::shared_ptr<const Check> check);
  // Goes on from what the store knows of the time before the start.
  void resume_row(std::uint64_t before) { consecutive_failures += before; }
  void count_unseen(const Verdict& failed, Instant now);
  // `excluded`: it began during a maintenance, so the gauges that alerts use stay unchanged.
  void add(const Result& result, Instant now, bool excluded = false);

  std::shared_ptr<const Check> check;
  std::uint64_t runs = 0, failed_runs = 0, consecutive_failures = 0;
  SparseCount flaky;
  std::vector<PairCount> failures, auth_failures;
  std::vector<ReasonCount> inconclusive, skipped;
  std::vector<ConclusionCount> conclusions;
  // Set while no run was judged since: end of the first inconclusive run (Unix seconds), and the
  // reason of the newest. Runs that found our own network down do not count.
  std::optional<double> inconclusive_since;
  Reason inconclusive_reason = Reason::ok;
  struct Attempts {
    Step step;
    std::uint64_t count = 0, failed = 0;
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
  void add_inconclusive(const Result& result, Instant now, bool excluded);
  void add_judged(const Result& result, Instant now, bool excluded);
  void add_first(const Result& result, Instant now, bool excluded);
  void add_auth(const Result& result, Instant now);
  void add_times(const Result& run);
  void add_events(const Trace& trace, Instant now);

  MetHosts met_;
};

// About how many series a check has without failures and without windows.
std::size_t series_of(const Check& check);

}  // namespace sonde::metrics
