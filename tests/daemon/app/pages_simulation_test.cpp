#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "daemon/core/alert_json.hpp"
#include "tests/daemon/app/simulated_daemon.hpp"
#include "tests/daemon/app/simulated_world.hpp"

// Random days, judged by an oracle that counts by itself: each outage of the declared size pages
// each receiver once and is resolved once, and nothing else pages.
namespace sonde::app::pages_simulation_test {
namespace {

using test::Act;
using test::Fault;
using test::OutageOracle;
using test::SimulatedDay;

constexpr std::chrono::seconds step_length{30};
constexpr int merge = 5;  // steps; keep_firing_for and one more

alert::RuleSettings rule(std::string kind) {
  alert::RuleSettings made;
  made.name = kind + "_fails";
  made.of = alert::AlertOf::consecutive_failures;
  made.above = alert::Bound{.share = {}, .span = {}, .count = OutageOracle::least - 1};
  made.over = {};
  made.keep_firing_for = std::chrono::minutes(2);
  made.severity = Severity::critical;
  made.where.kind = {std::move(kind)};
  made.checksum = "1";
  return made;
}

// A receiver as it stands at the other end: which targets have an open incident there.
struct Inbox {
  std::map<std::string, std::map<std::string, bool>> firing;  // by target (and key), by alert
  std::map<std::string, std::vector<int>> pages;              // by target: the steps
  std::map<std::string, std::vector<int>> resolved;           // likewise
  std::map<std::string, int> heard;  // by target and alert: when it was last told to fire
  std::vector<std::string> unknown;  // pages about anything else

  // What an Alertmanager does by itself with what nobody tells it of any more.
  void expire(int step) {
    for (auto& [target, alerts] : firing) {
      const bool before = any(alerts);
      for (auto& [name, fires] : alerts)
        if (step - heard[target + " " + name] > SimulatedDay::expires) fires = false;
      if (before && !any(alerts)) resolved[target].push_back(step);
    }
  }
  // Whether the target had an open incident within these steps.
  bool shows(const std::string& target, int from, int to) {
    const auto before = [](const std::vector<int>& all, int step) {
      return std::ranges::count_if(all, [step](int one) { return one < step; });
    };
    const auto& ends = resolved[target];
    return before(pages[target], to) > before(ends, from);
  }
  static bool any(const std::map<std::string, bool>& alerts) {
    for (const auto& [name, fires] : alerts)
      if (fires) return true;
    return false;
  }
  void take(const std::string& place, const std::string& target, const notify::Message& message,
            bool as_one, int step) {
    auto& alerts = firing[place + target];
    const bool before = any(alerts);
    if (as_one) alerts.clear();
    if (as_one)
      alerts["incident"] = notify::firing(message);
    else
      for (const Alert& alert : message.alerts) {
        alerts[name_of(alert)] = !alert.ended;
        if (!alert.ended) heard[target + " " + name_of(alert)] = step;
      }
    if (!before && any(alerts)) pages[target].push_back(step);
    if (before && !any(alerts)) resolved[target].push_back(step);
  }
};

struct Simulation {
  explicit Simulation(std::uint64_t seed) : random(seed) {}

  std::mt19937_64 random;
  test::SecretFile key{"key-0"}, hook{"http://slack/hook"};
  int rotations = 0;
  std::unique_ptr<SimulatedDay> day;
  int step = 0;
  Inbox inboxes[SimulatedDay::receivers];
  test::SimulatedDaemon daemon{
      {rule("login"), rule("chat")},
      "duty: { pagerduty: { routing_key: " + key.yaml() +
          " }, group_wait: 0s, group_interval: 1m }\n"
          "team: { slack: { url: " +
          hook.yaml() +
          " }, group_wait: 0s, group_interval: 1m }\n"
          "am: { alertmanager: { urls: \"http://am:9093\" } }",
      [this](const Check& check, WallTime) {
        return day && day->in_maintenance(check.target == "a" ? 0 : 1, check.kind == "chat", step);
      },
      [this](const notify::Receiver& place, const notify::Message& message) {
        return answer(place, message);
      }};

  notify::Posted answer(const notify::Receiver& place, const notify::Message& message);
  void live_a_day();
  void run_probes(OutageOracle (&oracle)[SimulatedDay::targets]);
  void act(Act act);
  std::string show(int target, int receiver, const OutageOracle& oracle,
                   const std::vector<int>& pages) const;
  void check_day(int target, int receiver, const OutageOracle& oracle);
};

notify::Posted Simulation::answer(const notify::Receiver& place, const notify::Message& message) {
  const int receiver = message.receiver == "duty" ? 0 : message.receiver == "team" ? 1 : 2;
  const Fault fault = day ? day->fault(receiver, step) : Fault::none;
  Inbox& inbox = inboxes[receiver];
  if (fault == Fault::none || fault == Fault::taken_and_lost) {
    const bool as_one = receiver != 2;
    std::map<std::string, std::vector<Alert>> by_target;
    for (const Alert& alert : message.alerts) {
      if (alert.target.empty() && value_of(alert.labels, "severity") == "none") continue;
      if (alert.target.empty() || name_of(alert).starts_with("Sonde"))
        inbox.unknown.push_back(name_of(alert));
      else
        by_target[alert.target].push_back(alert);
    }
    for (auto& [target, alerts] : by_target) {
      notify::Message part = message;
      part.alerts = std::move(alerts);
      inbox.take(receiver == 0 ? place.identity() + " " : "", target, part, as_one, step);
    }
  }
  notify::Posted posted;
  if (fault == Fault::refuses)
    posted.receipt = {
        receiver == 2 ? notify::DeliveryOutcome::split : notify::DeliveryOutcome::refused,
        notify::DeliveryError::refused,
        "400",
        {}};
  else if (fault == Fault::down)
    posted.receipt = {
        notify::DeliveryOutcome::retry, notify::DeliveryError::server_error, "503", {}};
  else if (fault != Fault::none)
    posted.receipt = {
        notify::DeliveryOutcome::retry, notify::DeliveryError::timeout, "timeout", {}};
  return posted;
}

void Simulation::run_probes(OutageOracle (&oracle)[SimulatedDay::targets]) {
  std::uniform_real_distribution<double> share;
  for (int target = 0; target < SimulatedDay::targets; ++target)
    for (const bool chat : {false, true}) {
      bool failed = false, at_login = false;
      for (const auto& fault : day->troubles[target])
        if (fault.from <= step && step < fault.to && (chat || fault.login) &&
            share(random) < fault.share) {
          failed = true;
          at_login |= fault.login;
        }
      const int probe = target * 2 + (chat ? 1 : 0);
      daemon.run(static_cast<std::size_t>(probe), failed, at_login ? Step::login : Step::events);
      if (!day->in_maintenance(target, chat, step)) oracle[target].counted_run(probe, failed, step);
    }
}

void Simulation::act(Act act) {
  if (act == Act::reload) daemon.reload();
  if (act == Act::rotate) key.replace("key-" + std::to_string(++rotations));
  if (act == Act::restart || act == Act::crash_untold || act == Act::crash_unnoted) {
    daemon.restart(act != Act::restart);
    for (int i = 0; i < day->down_for; ++i, ++step) daemon.now += step_length;
  }
}

void Simulation::live_a_day() {
  day = std::make_unique<SimulatedDay>(random);
  for (Inbox& inbox : inboxes) inbox = {};
  OutageOracle oracle[SimulatedDay::targets];
  for (step = 0; step < SimulatedDay::steps; ++step) {
    daemon.now += step_length;
    const auto found = day->acts.find(step);
    const Act what = found == day->acts.end() ? Act::nothing : found->second;
    run_probes(oracle);
    daemon.judge();
    daemon.write();
    if (what != Act::crash_untold) daemon.tell();
    if (what != Act::crash_untold && what != Act::crash_unnoted) daemon.note_receivers();
    act(what);
    inboxes[2].expire(step);
  }
  for (int target = 0; target < SimulatedDay::targets; ++target)
    for (int receiver = 0; receiver < SimulatedDay::receivers; ++receiver)
      check_day(target, receiver, oracle[target]);
  day.reset();
  daemon.now += std::chrono::hours(22);
}

// The day as somebody sees it who looks for what went wrong.
std::string Simulation::show(int target, int receiver, const OutageOracle& oracle,
                             const std::vector<int>& pages) const {
  std::string all = fmt::format("target {}, receiver {}; outages:", target, receiver);
  for (const auto& [from, to] : oracle.all()) all += fmt::format(" {}-{}", from, to);
  all += "; pages:";
  for (const int page : pages) all += fmt::format(" {}", page);
  all += "; faults:";
  for (const auto& [period, fault] : day->faults[receiver])
    all += fmt::format(" {}-{} {}", period.from, period.to, static_cast<int>(fault));
  all += "; maintenance:";
  for (const auto& probe : day->maintenance[target])
    for (const auto& [from, to] : probe) all += fmt::format(" {}-{}", from, to);
  all += "; acts:";
  for (const auto& [at, what] : day->acts) all += fmt::format(" {} {}", at, static_cast<int>(what));
  all += fmt::format(", down for {}; troubles:", day->down_for);
  for (const auto& one : day->troubles[target])
    all += fmt::format(" {}-{} {} {}", one.from, one.to, one.login ? "login" : "chat", one.share);
  return all;
}

void Simulation::check_day(int target, int receiver, const OutageOracle& oracle) {
  const auto& outages = oracle.all();
  Inbox& inbox = inboxes[receiver];
  const std::string name = target == 0 ? "a" : "b";
  const auto& pages = inbox.pages[name];
  SCOPED_TRACE(show(target, receiver, oracle, pages));
  std::size_t least = 0;
  for (std::size_t i = 0, next = 1; i < outages.size(); i = next++) {
    // One incident to a receiver that could not be told in between that it was over.
    while (next < outages.size() &&
           !day->is_well(receiver, outages[next - 1].to + merge, outages[next].from))
      ++next;
    const int until = next < outages.size() ? outages[next].from : SimulatedDay::steps;
    least += day->is_well(receiver, outages[i].from, until) ? 1 : 0;
  }
  int incident = 0;  // when it began: keep_firing_for makes one of outages that are close together
  for (std::size_t i = 0; i < outages.size(); ++i) {
    const int until = i + 1 < outages.size() ? outages[i + 1].from : SimulatedDay::steps;
    if (i == 0 || outages[i].from > outages[i - 1].to + merge) incident = outages[i].from;
    const bool notified = inbox.shows(name, incident, until);
    EXPECT_TRUE(notified || !day->is_well(receiver, outages[i].from, until)) << outages[i].from;
  }
  EXPECT_FALSE(oracle.bad());
  EXPECT_GE(pages.size(), least);
  // Another key is another service, which is told of what is open; and an Alertmanager that hears
  // nothing for four minutes ends what it has by itself.
  std::size_t more = receiver == 0 ? day->rotations() : receiver == 2 ? day->silences() : 0;
  // What a maintenance of one probe keeps from a receiver that took nothing before is told after
  // it.
  if (!day->faults[receiver].empty())
    for (const auto& probe : day->maintenance[target]) more += probe.size();
  EXPECT_LE(pages.size(), outages.size() + more);
  // A key that was replaced is forgotten at a restart.
  const std::size_t resolved = inbox.resolved[name].size();
  EXPECT_LE(resolved, pages.size());
  EXPECT_GE(resolved + (receiver == 0 ? day->rotations() : 0), pages.size());
  if (!pages.empty() && !outages.empty()) {
    EXPECT_GE(pages.front(), outages.front().from);
  }
  EXPECT_TRUE(inbox.unknown.empty()) << inbox.unknown.front();
}

constexpr int seeds = 8;

// Of one seed; SONDE_SIMULATED_DAYS is that of all.
int days() {
  const char* set = std::getenv("SONDE_SIMULATED_DAYS");
  return set != nullptr ? std::atoi(set) / seeds : 25;
}

class PagesSimulation : public testing::TestWithParam<std::uint64_t> {};

TEST_P(PagesSimulation, EachOutagePagesEachReceiverOnceAndNothingElseDoes) {
  Simulation simulation(GetParam());
  for (int day = 0; day < days() && !HasFailure(); ++day) {
    SCOPED_TRACE("seed " + std::to_string(GetParam()) + ", day " + std::to_string(day));
    simulation.live_a_day();
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, PagesSimulation, testing::Range<std::uint64_t>(1, seeds + 1));

}  // namespace
}  // namespace sonde::app::pages_simulation_test
