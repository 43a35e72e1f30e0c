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

// Read-only snapshots that components exchange: the state of the checks (made by judge; read by
// alert, metrics and web), and the facts that each component reports for metrics and the API.

// Whole seconds of the wall clock since 1970, UTC.
using WallSeconds = std::chrono::seconds;
using WallTime = std::chrono::system_clock::time_point;

// Number of attempts, and how many of them failed.
struct Tally {
  std::uint64_t attempts = 0;
  std::uint64_t failures = 0;  // never more than attempts
  friend bool operator==(const Tally&, const Tally&) = default;
};

// What windows count. `success`: judged first attempts of a check. `auth`: auth samples of one
// step, login or upgrade. `delivery`: chat runs that should have received an event.
enum class RateOf : std::uint8_t { success, auth, delivery };
struct Rate {
  RateOf of = RateOf::success;
  Step step = Step::login;  // of auth
  std::string event;        // of delivery: its canonical name
  friend bool operator==(const Rate&, const Rate&) = default;
};

// Durations measured in windows: for passed runs the run's duration and the time to ready; for
// chats, from the completed send, the first event, the terminal event and the longest silence.
enum class Timed : std::uint8_t { duration, ready, first_event, terminal_event, longest_silence };

// Failed runs with the same step and reason within a time range.
struct FailureGroup {
  Step step = Step::health;
  Reason reason = Reason::ok;
  std::uint64_t count = 0;
  WallTime first, last;
  std::string detail;             // of the last one
  Reason concluded = Reason::ok;  // cause found by experiments, if it differs; ok: none
  std::string run = {};           // id of the last one; empty: not known
};
struct Failures {
  std::vector<FailureGroup> groups;  // the most frequent first
  bool complete = true;  // false: the range has more failures than are kept individually
};

// State of a check after its latest runs.
struct CheckStatus {
  std::optional<Outcome> last;    // of the last judged first attempt; empty: none yet
  std::optional<Outcome> newest;  // of the last run, inconclusive runs and skipped ticks included
  std::uint64_t consecutive_failures = 0, consecutive_passes = 0;
  std::optional<WallTime> last_run;      // end of the last judged or inconclusive run
  std::optional<WallTime> suppressed;    // when a run was last skipped because logins were rejected
  std::optional<WallTime> last_success;  // end of the last passed run
  std::uint64_t left_out = 0;  // runs during a maintenance since the first of these failures
  std::optional<WallTime> failing_since;
  std::optional<WallTime> passing_since;  // end of the first passed run since the last failure
  // The inconclusive runs since the last judged one, by the reason of the newest. A run that finds
  // our own network down (egress_down) clears this: SondeBlind reports that.
  std::optional<FailureGroup> inconclusive;
  bool blind = false;                   // the newest run found our own network down
  std::optional<FailureGroup> failing;  // the newest failure, while it fails
  CertificateEnds certificates;
  MetHosts met;
  bool certificates_known = false;  // a run has met them, before or after a restart
  // Refusal checks that could not be performed at their last turn, and why.
  std::map<std::string, std::string> not_performed;
};

// The newest run failed during a maintenance, which leaves it out of the judgement: nothing else is
// known of the check now.
inline bool fails_left_out(const CheckStatus& status) {
  return status.newest == Outcome::fail && status.last != Outcome::fail;
}

struct Quantile {
  Span value{};
  std::uint64_t samples = 0;
};

// State of the checks, kept by judge. Main thread only. For a check that is no longer configured
// every function returns an empty value.
class View {
 public:
  virtual ~View() = default;
  virtual std::span<const std::shared_ptr<const Check>> checks() const = 0;
  // The rates of a check: success, then its auth steps, then its events.
  virtual std::vector<Rate> rates(const Check& check) const = 0;
  // Sum over the newest buckets that cover `length` (1 s to 30 d), including the current one.
  virtual Tally tally(const Check& check, const Rate& rate, std::chrono::seconds length,
                      WallSeconds now) const = 0;
  // The success of each UTC day, oldest first: the last `count` days (90 at most) including today.
  // A day without attempts has an empty tally.
  virtual std::vector<Tally> days(const Check& check, std::size_t count, WallSeconds now) const = 0;
  // Failed first attempts of the last `length`, as far back as they are kept.
  virtual Failures failures(const Check& check, std::chrono::seconds length,
                            WallSeconds now) const = 0;
  virtual CheckStatus standing(const Check& check) const = 0;
  // nullopt if there are no samples. A share of `q` of the window's samples is at most the value.
  virtual std::optional<Quantile> quantile(const Check& check, Timed timed, double q,
                                           std::chrono::seconds length, WallSeconds now) const = 0;
};

// ---- Facts that the components report ---------------------------------------------------------

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
  WallTime active_at;  // when a pending or firing alert became active
  std::string value;   // "72.0 % (18 of 25)"
  double number = 1;   // the same as a number: a share, a count, or seconds; NaN: no data
  // why receivers are not notified: an inhibition, a maintenance; empty: notified
  std::string held_by;
  std::string acknowledged = {};  // "by ann at 2026-01-02 03:04:05 UTC"; empty: by nobody
  std::string incident = {};      // of a firing one: the id of its incident
  std::string of = {};            // the subject of its rule: "auth_success"; empty: built in
  // Since when its condition no longer holds, while it fires on for `keep_firing_for`.
  std::optional<WallTime> cleared = {};
};
// Who says that a firing alert is being looked after, so that it is not repeated.
struct Acknowledgement {
  std::string by, comment;
  WallTime at;
  friend bool operator==(const Acknowledgement&, const Acknowledgement&) = default;
};
// One time that an alert fired, from its start to its end.
struct AlertRecord {
  // What a receiver accepted: the alert as firing, or its end.
  struct Notification {
    std::string receiver;
    bool firing = false;
    WallTime first, last;  // repetitions are counted
    std::uint64_t count = 0;
    friend bool operator==(const Notification&, const Notification&) = default;
  };
  // What a receiver had not taken for two minutes, and has not taken since.
  struct Undelivered {
    std::string receiver;
    bool firing = false;  // the alert as firing, or its end
    WallTime at;          // when that was noticed
    friend bool operator==(const Undelivered&, const Undelivered&) = default;
  };
  std::map<std::string, std::string> labels;
  std::string summary;  // the newest
  WallTime starts;
  std::optional<WallTime> ended;
  std::vector<Notification> notifications;
  std::optional<Acknowledgement> acknowledged;
  std::string incident = {};  // Alert::incident; empty: recorded by a version that had none
  std::vector<Undelivered> undelivered = {};
  friend bool operator==(const AlertRecord&, const AlertRecord&) = default;
};
// Selects records, newest first; an empty text matches all.
struct AlertRecordQuery {
  std::string alert, target;
  std::size_t limit = 100;
};
// Acknowledges every firing alert that it matches; `alert` may not be empty.
struct AcknowledgeRequest {
  std::string alert, target, by, comment;
};

struct RuleFacts {  // of one `alerts:` entry
  std::string name;
  std::string severity;
  std::string query;  // the same rule in PromQL; empty: it cannot be written so
  Span hold{}, keep_firing_for{};
  std::map<std::string, std::string> labels, annotations;  // that the file sets
  std::uint64_t evaluations = 0, insufficient = 0;
  WallTime evaluated = {};  // when all alerts were last evaluated; 0: not yet
  Span took{};              // what that took for this rule
};

struct ReceiverFacts {
  // An alert, by its fingerprint, that it has not taken for two minutes.
  struct Undelivered {
    std::uint64_t alert = 0;
    bool firing = false;  // as firing, or as ended
    friend bool operator==(const Undelivered&, const Undelivered&) = default;
  };
  std::string name;
  std::uint64_t sent = 0;  // delivery attempts
  // by reason; contains every possible reason, also with 0
  std::map<std::string, std::uint64_t> failed;
  std::uint64_t dropped = 0;
  std::size_t queue_length = 0, queue_capacity = 0;
  std::optional<WallTime> last_success;
  std::vector<Undelivered> undelivered;
  std::vector<double> durations_bounds;  // of delivery attempts: upper bounds in seconds,
  std::vector<std::uint64_t> durations;  // counts for each bucket, one more than bounds,
  double durations_sum = 0;              // and their sum
};

// A run that did not pass, kept in the store so that its cause can be looked up later.
struct EvidenceRow {
  std::int64_t id = 0;  // never reused; key of the transcript
  std::string check;    // key_of
  WallTime ended;
  Span took{};
  int attempt = 1;
  Verdict verdict;          // fail or inconclusive
  bool transcript = false;  // a transcript exists
  bool proof = false;       // its transcript holds the experiments that separated the causes
  std::string run = {};     // its id; empty: recorded by a version that gave none
};
// Selects evidence rows, newest first.
struct EvidenceQuery {
  std::string check;        // key_of; empty: of all checks
  std::int64_t before = 0;  // only rows with a smaller id; 0: start at the newest
  std::size_t limit = 50;   // 500 at most
  // For one check: also return the newest row with `proof`, as the last one, if no other has it.
  bool with_proof = false;
};

struct StoreFacts {
  bool enabled = false;
  bool degraded = false;  // rows are lost (no space, read-only, corrupt); `why` names the cause
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

// A maintenance window, for the API and the status page.
struct MaintenanceWindow {
  std::string id;           // of a configured window: its name in the file
  bool configured = false;  // from the configuration file, so the API cannot end it
  std::vector<std::string> probe, kind, target;  // any value of the list; an empty list matches all
  std::string reason, author;
  bool counted = false;  // its runs still count in the rates
  bool active = false;
  WallTime from, to;     // of the current occurrence, or else of the next one
  std::string schedule;  // of a recurring one: "sat, sun 02:00 for 2h, Europe/Berlin"
};
// A maintenance requested through the API, unparsed; the maintenance component validates it.
struct MaintenanceRequest {
  std::string from, to;      // "2026-12-01T02:00"; empty `from`: now
  std::string length;        // "2h", instead of `to`
  std::string zone = "UTC";  // of times without an offset
  std::vector<std::string> probe, kind, target;
  std::string reason, author;
  std::string rates;  // "include" or "exclude"; empty: exclude
};

// A deployment: helps readers to find what has changed.
struct DeployMarker {
  WallTime at;
  std::string target;  // empty: all targets
  std::string version, by;
  friend bool operator==(const DeployMarker&, const DeployMarker&) = default;
};
struct DeployRequest {
  std::string target, version, by;
  std::string at;  // "2026-12-01T02:00:00Z"; empty: now
};

// Which of several daemons with the same file this one is: it runs the checks of its shard, and
// each check belongs to `replicas` shards.
struct Shard {
  std::size_t index = 0, count = 1, replicas = 1;  // index < count, replicas <= count
  bool is_whole() const { return count == 1; }     // there are no other shards
};

// All of the above at one moment, made on the main thread when metrics are requested.
struct Facts {
  std::vector<WindowFacts> windows;
  std::vector<AlertFacts> alerts;  // pending and firing
  std::vector<RuleFacts> rules;
  std::vector<ReceiverFacts> receivers;
  StoreFacts store;
  std::vector<MaintenanceFacts> maintenance;
  std::optional<bool> egress_up;      // empty: no egress references are configured
  std::optional<WallTime> heartbeat;  // when the last heartbeat was accepted
  // Whether the newest version of the web configuration file is in use; empty: there is no file.
  std::optional<bool> web_config_good;
  std::vector<DeployMarker> deploys;  // the newest of each target
  std::string url;                    // of the daemon's pages, without a trailing slash
  Shard shard;
  std::size_t restored = 0;  // probes whose rates and alert states the store knew at the start
};

}  // namespace sonde
