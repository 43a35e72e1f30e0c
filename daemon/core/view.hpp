#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/certificates.hpp"
#include "probes/core/check.hpp"
#include "probes/core/verdict.hpp"

namespace sonde {

// Read-only snapshots that siblings hand each other: what is known of the checks (judge makes it,
// alerts, metrics and page read it), and what each room says of itself for metrics and API.

// Whole seconds of the wall clock since 1970, UTC.
using WallSeconds = std::chrono::seconds;
using WallTime = std::chrono::system_clock::time_point;

// How often something was tried, and how often it failed.
struct Tally {
  std::uint64_t attempts = 0;
  std::uint64_t failures = 0;  // never more than attempts
  friend bool operator==(const Tally&, const Tally&) = default;
};

// What is counted in windows. `success`: judged first attempts of a check. `auth`: auth samples at
// a step, login or upgrade. `delivery`: chat runs that should have received an event.
enum class RateOf : std::uint8_t { success, auth, delivery };
struct Rate {
  RateOf of = RateOf::success;
  Step step = Step::login;  // of auth
  std::string event;        // of delivery: its canonical name
  friend bool operator==(const Rate&, const Rate&) = default;
};

// What is timed in windows: of passed runs the duration and the time to ready, and of chats, from
// the completed send, the first event, the terminal one and the longest silence.
enum class Timed : std::uint8_t { duration, ready, first_event, terminal_event, longest_silence };

// Failed runs of one step and reason, in a stretch of time.
struct FailureGroup {
  Step step = Step::health;
  Reason reason = Reason::ok;
  std::uint64_t count = 0;
  WallTime first, last;
  std::string detail;             // of the last one
  Reason concluded = Reason::ok;  // the cause that experiments found, if it is another; ok: none
};
struct Failures {
  std::vector<FailureGroup> groups;  // the most frequent first
  bool complete = true;  // false: more failed in that stretch than is remembered one by one
};

// What the last runs of a check said.
struct CheckStatus {
  std::optional<Outcome> last;    // of the last judged first attempt; empty: none yet
  std::optional<Outcome> newest;  // of the last run, inconclusive ones and skipped beats too
  std::uint64_t consecutive_failures = 0, consecutive_passes = 0;
  std::optional<WallTime> last_run;      // end of the last judged or inconclusive run
  std::optional<WallTime> suppressed;    // when a run was last not made because logins were refused
  std::optional<WallTime> last_success;  // end of the last passed run
  std::uint64_t left_out = 0;  // runs within a maintenance since the first of these failures
  std::optional<WallTime> failing_since;
  std::optional<WallTime> passing_since;  // end of the first passed run since the last failure
  // The inconclusive runs since the last one that was judged, by the reason of the newest. A run
  // that found our own network down (egress_down) ends them: that is SondeBlind's to say.
  std::optional<FailureGroup> inconclusive;
  std::optional<FailureGroup> failing;  // the newest failure, while it fails
  CertificateEnds certificates;
  MetHosts met;
  bool certificates_known = false;  // a run has shown them, here or before a restart
  // Refusal checks that could not be performed when their turn came last, and why.
  std::map<std::string, std::string> not_performed;
};

struct Quantile {
  Span value{};
  std::uint64_t samples = 0;
};

// What judge knows. On the main thread; a check that is not configured any more is known by nobody
// and answers with nothing.
class View {
 public:
  virtual ~View() = default;
  virtual std::span<const std::shared_ptr<const Check>> checks() const = 0;
  // What a check can be asked of: success, then its auth steps, then its events.
  virtual std::vector<Rate> rates(const Check& check) const = 0;
  // The latest buckets that make up `length` (1 s to 30 d), the running one among them.
  virtual Tally tally(const Check& check, const Rate& rate, std::chrono::seconds length,
                      WallSeconds now) const = 0;
  // Failed first attempts of the last `length`, at most as far back as is remembered.
  virtual Failures failures(const Check& check, std::chrono::seconds length,
                            WallSeconds now) const = 0;
  virtual CheckStatus standing(const Check& check) const = 0;
  // Nothing while there is no sample. `q` of the samples of the window are at most the value.
  virtual std::optional<Quantile> quantile(const Check& check, Timed timed, double q,
                                           std::chrono::seconds length, WallSeconds now) const = 0;
};

// ---- What the rooms say of themselves -------------------------------------------------------

// A window of a rate as metrics show it.
struct WindowFacts {
  std::shared_ptr<const Check> check;
  Rate rate;
  std::string_view window;  // "10m"
  Tally tally;
};

enum class AlertState : std::uint8_t { inactive, pending, firing };
// An alert of one instance, for API, page and metrics.
struct AlertFacts {
  std::map<std::string, std::string> labels;  // alertname, probe, kind, target, severity, ...
  std::map<std::string, std::string> annotations;
  AlertState state = AlertState::inactive;
  WallTime active_at;   // of a pending or firing one
  std::string value;    // "72.0 % (18 of 25)"
  std::string held_by;  // why nobody is told: an inhibition, a maintenance; empty: told
};
struct RuleFacts {  // of one `alerts:` entry
  std::string name;
  std::string severity;
  std::uint64_t evaluations = 0, insufficient = 0;
};

struct ReceiverFacts {
  std::string name;
  std::uint64_t sent = 0;                       // delivery attempts
  std::map<std::string, std::uint64_t> failed;  // by reason; every one it can give, from 0 on
  std::uint64_t dropped = 0;
  std::size_t queue_length = 0, queue_capacity = 0;
  std::optional<WallTime> last_success;
  std::vector<double> durations_bounds;  // of attempts: upper bounds in seconds,
  std::vector<std::uint64_t> durations;  // counts by bucket, one more than bounds,
  double durations_sum = 0;              // and their sum
};

// A run that did not pass, as the store keeps it for whoever asks afterwards why.
struct EvidenceRow {
  std::int64_t id = 0;  // never given twice; asks for the transcript
  std::string check;    // key_of
  WallTime ended;
  Span took{};
  int attempt = 1;
  Verdict verdict;          // fail or inconclusive
  bool transcript = false;  // there is one
  bool proof = false;       // it holds the experiments that separated the causes
};
// Which evidence is wanted, the newest first.
struct EvidenceQuery {
  std::string check;        // key_of; empty: of all checks
  std::int64_t before = 0;  // only what is older than this id; 0: from the newest on
  std::size_t limit = 50;   // 500 at most
  // Of one check: the newest row with `proof` as well, if none of these is one; it comes last.
  bool with_proof = false;
};

struct StoreFacts {
  bool enabled = false;
  bool degraded = false;  // rows are lost: no space, read-only, corrupt; `why` says it
  std::string why;
  std::uint64_t writes = 0, write_errors = 0, rows_lost = 0;
  std::uint64_t corrupt = 0;                        // files moved aside since the start
  std::map<std::string, std::uint64_t> size_bytes;  // by file: db, wal
  std::vector<double> durations_bounds;
  std::vector<std::uint64_t> durations;
  double durations_sum = 0;
};

struct MaintenanceFacts {
  std::string probe, kind, target;
  bool active = false;
};

// A window of maintenance, for API and page.
struct MaintenanceWindow {
  std::string id;                                // of the file: its name there
  bool configured = false;                       // of the file, so the API cannot end it
  std::vector<std::string> probe, kind, target;  // any of each; an empty list: all
  std::string reason, author;
  bool counted = false;  // its runs count in the rates all the same
  bool active = false;
  WallTime from, to;     // of the stretch that runs now, else of the next one
  std::string schedule;  // of a recurring one: "sat, sun 02:00 for 2h, Europe/Berlin"
};
// What somebody asks for by the API, as it was written; alert reads and bounds it.
struct MaintenanceRequest {
  std::string from, to;      // "2026-12-01T02:00"; no `from`: now
  std::string length;        // "2h", in the place of `to`
  std::string zone = "UTC";  // of times without an offset
  std::vector<std::string> probe, kind, target;
  std::string reason, author;
  std::string rates;  // "include" or "exclude"; empty: exclude
};

// Something new went live: a hint for whoever asks what has changed.
struct DeployMarker {
  WallTime at;
  std::string target;  // empty: everywhere
  std::string version, by;
  friend bool operator==(const DeployMarker&, const DeployMarker&) = default;
};
struct DeployWish {
  std::string target, version, by;
  std::string at;  // "2026-12-01T02:00:00Z"; empty: now
};

// Everything above at one moment, made on the main thread when a page of metrics is asked for.
struct Facts {
  std::vector<WindowFacts> windows;
  std::vector<AlertFacts> alerts;  // pending and firing
  std::vector<RuleFacts> rules;
  std::vector<ReceiverFacts> receivers;
  StoreFacts store;
  std::vector<MaintenanceFacts> maintenance;
  std::optional<bool> egress_up;      // empty: no references are configured
  std::optional<WallTime> heartbeat;  // the last one that was taken
};

}  // namespace sonde
