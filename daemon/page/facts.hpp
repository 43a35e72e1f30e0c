#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/core/objective.hpp"
#include "daemon/core/run_record.hpp"
#include "daemon/core/view.hpp"

namespace sonde::page {

// What the pages show, as plain values: gather() makes them, the renderers read them.

// A place on the path of a user, in order; health stands beside it.
enum class Stage : std::uint8_t { health, login, upgrade, chat, isolation };
inline constexpr std::size_t stage_count = 5;
// "login", as a box of the page names it.
std::string_view name(Stage stage);
// The stage at which a run that failed at this step ended.
Stage stage_of(Step step);

// What is known of a stage or a check. In the order in which the worst is shown first.
enum class Mark : std::uint8_t {
  failing,
  unclear,  // the last runs were inconclusive, or none came for long
  blocked,  // not reached: an earlier stage fails
  waiting,  // no result yet
  passing,
  absent  // nothing watches it
};
// "fails", "unknown", "not reached", "waiting", "works", "not watched".
std::string_view word(Mark mark);
// The same as a name of a CSS class: "failing".
std::string_view css(Mark mark);

// A check with its state at one moment.
struct CheckFacts {
  std::shared_ptr<const Check> check;
  CheckStatus status;
  Mark mark = Mark::waiting;
  bool held_back = false;        // is_held_back()
  bool stale = false;            // no run ended for three intervals, and it is not held back
  Tally day;                     // success, last 24 hours
  std::string maintenance = {};  // why it is under maintenance; empty: it is not
};

// A box of the path.
struct StageFacts {
  Stage stage = Stage::health;
  Mark mark = Mark::absent;
  std::string probe;  // the one that says so, of failing ones the worst; empty: none
  Step step = Step::health;
  Reason reason = Reason::ok, concluded = Reason::ok;
  std::string detail;
  std::optional<WallTime> since;  // of a failing stage: its first failure with this reason
  std::uint64_t failures = 0;     // with this reason, in a row
  // The first failure of this probe in a row, if that had another reason.
  std::optional<WallTime> failing;
  bool maintained = false;  // of a failing stage: all that fail there are under maintenance
};
using Stages = std::array<StageFacts, stage_count>;

struct AuthFacts {
  Step step = Step::login;
  Tally window, day;
};
// What an alert demands of auth success.
struct AuthGoal {
  Millionths share = 900'000;
  std::chrono::seconds window{600};
};
struct EventFacts {
  std::string event;
  Tally day;
};

struct TargetFacts {
  std::string name;
  std::vector<CheckFacts> checks;
  Stages stages;
  std::vector<AuthFacts> auth;
  std::optional<AuthGoal> goal;        // empty: no alert of auth success is about it
  std::chrono::seconds auth_window{};  // of AuthFacts::window
  std::vector<EventFacts> events;
  std::vector<Tally> days;               // success of all probes, 90 days, oldest first
  std::vector<AlertFacts> alerts;        // firing ones, the most severe first
  std::vector<std::string> maintenance;  // active ones, with their probes if they are not all
  std::optional<DeployMarker> deploy;    // the newest
  std::optional<WallTime> checked;       // when its newest run ended
  Mark mark() const;                     // the worst of its checks
};

// How the daemon itself is doing.
struct MonitorFacts {
  bool on_time = true;            // no worker is late with a tick by more than five seconds
  std::optional<bool> egress_up;  // empty: no references are configured
  std::uint64_t runs = 0, inconclusive = 0, skipped = 0;  // last hour
  Span lateness{};                                        // the greatest of the last hour
  WallTime started, loaded;  // of the process; when the configuration in use was loaded
  std::string reload_error;  // of the last reload; empty: it worked
  // Of the probes at the start: all, and those whose rates and alert states the store knew.
  std::size_t probes_at_start = 0, restored = 0;
  StoreFacts store;
  std::vector<std::string> undelivered;  // receivers that have not taken an alert for two minutes
};

struct OverviewFacts {
  WallTime now;
  std::string location;  // `location:` of the file, or the name of the host
  std::string version;
  Shard shard;
  std::vector<TargetFacts> targets;            // those with the worst problem first
  std::vector<AlertFacts> own;                 // firing alerts about the daemon, or about no target
  std::vector<MaintenanceWindow> maintenance;  // active and next
  std::vector<DeployMarker> deploys;           // newest first
  MonitorFacts monitor;
};

}  // namespace sonde::page
