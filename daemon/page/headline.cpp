#include "daemon/page/headline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <tuple>
#include <vector>

#include "daemon/core/alert_json.hpp"
#include "daemon/core/format.hpp"

namespace sonde::page {
namespace {

struct Words {
  Reason reason;
  std::string_view text;
};
// Where the reason says more than the step does.
constexpr Words special[] = {
    {Reason::auth_fail_open, "clients without a valid token have been accepted"},
    {Reason::identity_mismatch, "sessions have belonged to the wrong user"},
    {Reason::cross_user_leak, "users have received each other's messages"},
    {Reason::session_shared, "users have shared one session"},
    {Reason::credentials, "logins have been refused"},
    {Reason::forbidden, "access has been refused"},
    {Reason::account_locked, "the probe's account has been locked"},
    {Reason::token_missing, "logins have returned no token"},
    {Reason::unauthorized, "fresh tokens have been refused"},
    {Reason::endpoint_drift, "the page has shipped another chat address"},
    {Reason::endpoint_missing, "the page has shipped no chat address"},
    {Reason::no_route, "a path has led nowhere"},
    {Reason::missing_event, "chat events have been missing"},
    {Reason::lost_early_message, "chat events have been lost"},
    {Reason::first_event_timeout, "chats have got no reply"},
    {Reason::stalled, "chats have stalled midway"},
    {Reason::event_late, "chat events have come late"},
    {Reason::closed_midstream, "chats have been cut off midway"},
    {Reason::agent_error, "the agent has reported errors"},
    {Reason::duplicate_event, "chat events have come twice"},
    {Reason::out_of_order, "chat events have come in the wrong order"},
    {Reason::after_terminal, "chat events have come after the end"},
    {Reason::tool_not_used, "the agent has not used its tool"},
    {Reason::answer_missing, "chat answers have been missing"},
    {Reason::answer_empty, "chat answers have been empty"},
    {Reason::answer_short, "chat answers have been too short"},
    {Reason::answer_echo, "chat answers have only repeated the prompt"},
    {Reason::answer_error, "chat answers have been error messages"},
    {Reason::no_refusal, "invalid tokens have not been rejected cleanly"},
};

std::string_view words_of(Step step) {
  switch (step) {
    case Step::health:
      return "the health check has failed";
    case Step::login:
      return "logins have failed";
    case Step::upgrade:
      return "chat connections have failed";
    case Step::ready:
      return "chat sessions have not become ready";
    case Step::events:
      return "chat events have been wrong";
    case Step::answer:
      return "chat answers have been wrong";
    case Step::refuse:
      return "the rejection of invalid tokens has failed";
    case Step::hold:
      return "open sessions have not lasted";
    case Step::isolation:
      break;
  }
  return "users have not been kept apart";
}

// The box that says best what is wrong: one that is not under maintenance, a grave one, or else the
// first on the path; health last.
const StageFacts* worst_box(const TargetFacts& target) {
  const auto rank = [](const StageFacts& box) {
    return std::tuple(box.mark != Mark::failing, box.maintained, !row(box.reason).grave,
                      box.stage == Stage::health);
  };
  const StageFacts& worst = *std::ranges::min_element(target.stages, {}, rank);
  return worst.mark == Mark::failing ? &worst : nullptr;
}

bool works(const TargetFacts& target, Stage stage) {
  return target.stages.at(static_cast<std::size_t>(stage)).mark == Mark::passing;
}

// "login and connecting work; ", what a user still gets done before the broken place.
std::string before_words(const TargetFacts& target, const StageFacts& broken) {
  if (broken.stage == Stage::health) {
    if (works(target, Stage::chat)) return "chat works; ";
    return works(target, Stage::login) ? "login works; " : "";
  }
  if (broken.stage == Stage::login)
    return works(target, Stage::health) ? "the health check passes, but " : "";
  const bool login = works(target, Stage::login);
  const bool connects = broken.stage > Stage::upgrade && works(target, Stage::upgrade);
  if (login && connects) return "login and connecting work; ";
  return login ? "login works; " : connects ? "connecting works; " : "";
}

std::string capital(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z')
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  return text;
}

std::string since_words(const StageFacts& box, WallTime now) {
  if (!box.since) return "";
  const std::string since = clock_words(*box.since, now);
  const std::string failing = box.failing ? clock_words(*box.failing, now) : since;
  return (box.failures == 1 ? " in the last run, at " : " since ") + since +
         (failing == since ? "" : ", after other failures since " + failing);
}

std::string on_target(const OverviewFacts& facts, const TargetFacts& target) {
  return facts.targets.size() > 1 ? "on " + target.name + ", " : "";
}

Headline of_failure(const OverviewFacts& facts, const TargetFacts& target, const StageFacts& box) {
  std::string text = on_target(facts, target) + before_words(target, box) +
                     std::string(broken_words(box.step, box.reason)) + since_words(box, facts.now);
  if (box.maintained) text += " (under maintenance)";
  return {.tone = Mark::failing, .text = capital(std::move(text)) + ".", .also = {}};
}

std::string summary_words(const AlertFacts& alert) {
  std::string text = value_of(alert.annotations, "summary");
  if (text.empty()) text = value_of(alert.labels, "alertname");
  // What follows is history: why it fired, and what else.
  text.resize(std::min(text.size(), text.find(';')));
  return text + ".";
}

// The probes that an alert is about: one, or all of its target.
std::vector<Mark> marks_of(const TargetFacts& target, const AlertFacts& alert) {
  const std::string& probe = value_of(alert.labels, "probe");
  std::vector<Mark> marks;
  for (const CheckFacts& check : target.checks)
    if (probe.empty() || probe == check.check->name) marks.push_back(check.mark);
  return marks;
}

bool has(const std::vector<Mark>& marks, Mark mark) {
  return std::ranges::find(marks, mark) != marks.end();
}

// The most severe alert whose condition holds, and of whose probes something is known; null: none.
const AlertFacts* telling_alert(const TargetFacts& target) {
  const auto known = std::ranges::find_if(target.alerts, [&](const AlertFacts& alert) {
    const auto marks = marks_of(target, alert);
    return !alert.cleared && (has(marks, Mark::passing) || !has(marks, Mark::unclear));
  });
  return known == target.alerts.end() ? nullptr : &*known;
}

// Nothing fails at last sight: too many runs failed, or they are slow.
Headline of_alert(const TargetFacts& target, const AlertFacts& alert) {
  const std::string& probe = value_of(alert.labels, "probe");
  const auto marks = marks_of(target, alert);
  const bool passed = std::ranges::count(marks, Mark::passing) == std::ssize(marks);
  std::string text = "An alert fires: ";
  if (passed && !marks.empty())
    text = "The last runs " + (probe.empty() ? "" : "of " + probe + " ") +
           "passed, but an alert fires: ";
  return {.tone = Mark::failing, .text = text + summary_words(alert), .also = {}};
}

struct Counts {
  std::size_t checks = 0, passing = 0, waiting = 0, unclear = 0, stale = 0;
  Tally day;
};
Counts count(const OverviewFacts& facts) {
  Counts all;
  for (const TargetFacts& target : facts.targets)
    for (const CheckFacts& check : target.checks) {
      ++all.checks;
      all.passing += check.mark == Mark::passing;
      all.waiting += check.mark == Mark::waiting;
      all.unclear += check.mark == Mark::unclear;
      all.stale += check.stale;
      all.day.attempts += check.day.attempts;
      all.day.failures += check.day.failures;
    }
  return all;
}

std::string number(std::uint64_t value, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", value, value == 1 ? one : many);
}

// The newest inconclusive reason of any check; or else why checks are held back.
std::string own_cause(const OverviewFacts& facts) {
  const FailureGroup* newest = nullptr;
  bool held_back = false, left_out = false;
  for (const TargetFacts& target : facts.targets)
    for (const CheckFacts& check : target.checks) {
      const auto& group = check.status.inconclusive;
      if (group && (newest == nullptr || group->last > newest->last)) newest = &*group;
      held_back |= check.held_back && check.mark == Mark::unclear;
      left_out |= fails_left_out(check.status);
    }
  if (newest != nullptr) return std::string(row(newest->reason).help);
  if (left_out) return "it fails during a maintenance, whose runs are not counted";
  return held_back ? "logins are held back after refusals, so that no account is locked" : "";
}

Headline of_blindness(const OverviewFacts& facts, const Counts& all) {
  if (facts.monitor.egress_up == false)
    return {.tone = Mark::unclear,
            .text = "Sonde's own network is down, so nothing is known about any target now.",
            .also = {}};
  if (all.stale == all.checks)
    return {.tone = Mark::unclear,
            .text = "No probe has run for several intervals, so nothing is known now.",
            .also = {}};
  std::string text =
      all.stale == all.unclear
          ? number(all.stale, "probe has", "probes have") + " not run for several intervals"
          : number(all.unclear, "probe cannot", "probes cannot") + " tell whether its target works";
  if (all.unclear > 1 && all.stale != all.unclear)
    text = number(all.unclear, "", "probes cannot") + " tell whether their targets work";
  const std::string cause = all.stale == all.unclear ? "" : own_cause(facts);
  if (!cause.empty()) text += ": " + cause;
  if (!text.ends_with('.')) text += '.';
  return {.tone = Mark::unclear, .text = text, .also = {}};
}

Headline of_calm(const OverviewFacts& facts, const Counts& all) {
  if (all.checks == 0 && !facts.shard.is_whole())
    return {.tone = Mark::waiting,
            .text = "No probe belongs to " + shard_words(facts.shard) + ".",
            .also = "Other shards run the probes of the file."};
  if (all.checks == 0)
    return {.tone = Mark::waiting, .text = "No probe is configured.", .also = {}};
  if (all.waiting == all.checks)
    return {.tone = Mark::waiting, .text = "Nothing has been checked yet.", .also = {}};
  std::string text = fmt::format("{} of {}", all.passing, number(all.checks, "probe", "probes"));
  if (all.passing == all.checks) text = "All " + number(all.checks, "probe", "probes");
  if (all.checks == 1 && all.passing == 1) text = "The probe";
  text += all.passing == 1 ? " passes" : " pass";
  if (all.waiting > 0) text += ", and " + number(all.waiting, "has", "have") + " no result yet";
  if (facts.targets.size() > 1 && all.passing == all.checks)
    text += fmt::format(" on {} targets", facts.targets.size());
  if (all.day.attempts > 0)
    text +=
        fmt::format("; {} of {} passed in the last 24 hours", all.day.attempts - all.day.failures,
                    number(all.day.attempts, "run", "runs"));
  const bool none_fails = all.passing + all.waiting == all.checks;
  return {.tone = none_fails ? Mark::passing : Mark::failing, .text = text + ".", .also = {}};
}

// The alerts that no headline names: the first whose condition holds, or else the first that ends.
std::string alerts_beside(const OverviewFacts& facts) {
  const AlertFacts* first = nullptr;
  std::size_t more = 0;
  for (const TargetFacts& target : facts.targets)
    for (const AlertFacts& alert : target.alerts) {
      if (first != nullptr) ++more;
      if (first == nullptr || (first->cleared && !alert.cleared)) first = &alert;
    }
  if (first == nullptr) return "";
  std::string text = first->cleared
                         ? "The alert " + value_of(first->labels, "alertname") + " ends soon: "
                         : "An alert fires: ";
  text += summary_words(*first);
  if (more > 0) text += " " + number(more, "more alert is", "more alerts are") + " shown below.";
  return text;
}

// When a probe of the target last ran; of all probes if the name is empty.
std::optional<WallTime> last_run(const TargetFacts& target, std::string_view probe) {
  std::optional<WallTime> newest;
  for (const CheckFacts& check : target.checks)
    if (probe.empty() || check.check->name == probe)
      newest = std::max(newest, check.status.last_run);
  return newest;
}

// When the last of the probes with this mark ran.
std::optional<WallTime> last_run(const OverviewFacts& facts, Mark mark) {
  std::optional<WallTime> newest;
  for (const TargetFacts& target : facts.targets)
    for (const CheckFacts& check : target.checks)
      if (check.mark == mark) newest = std::max(newest, check.status.last_run);
  return newest;
}

std::string also_words(const OverviewFacts& facts, const TargetFacts& named) {
  std::vector<std::string> names;
  for (const TargetFacts& target : facts.targets)
    if (&target != &named && worst_box(target) != nullptr) names.push_back(target.name);
  if (names.empty()) return "";
  constexpr std::size_t shown = 3;
  std::string text = "Also failing: ";
  for (std::size_t i = 0; i < std::min(names.size(), shown); ++i)
    text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > shown) text += fmt::format(", and {} more", names.size() - shown);
  return text + ".";
}

}  // namespace

std::string_view broken_words(Step step, Reason reason) {
  for (const Words& words : special)
    if (words.reason == reason) return words.text;
  const ReasonRow& known = row(reason);
  if (known.slow && step == Step::login) return "logins have timed out";
  if (known.slow && step == Step::upgrade) return "chat connections have timed out";
  if (known.slow && step == Step::health) return "the health check has been too slow";
  if (known.unanswered && step == Step::login) return "the login has been unreachable";
  if (known.unanswered && step == Step::upgrade) return "the chat server has been unreachable";
  if (known.unanswered && step == Step::health) return "the server has been unreachable";
  return words_of(step);
}

std::string clock_words(WallTime at, WallTime now) {
  const std::string full = as_utc(at);  // "2026-01-02 03:04:05 UTC"
  const std::string today = as_utc(now);
  const std::string minute = full.substr(11, 5) + " UTC";
  return full.substr(0, 10) == today.substr(0, 10) ? minute : full.substr(0, 11) + minute;
}

int urgency_of(const TargetFacts& target) {
  int urgency = 0;
  if (const StageFacts* box = worst_box(target)) {
    urgency = box->stage == Stage::health ? 30 : 60 - 2 * static_cast<int>(box->stage);
    if (row(box->reason).grave) urgency = 70;
    if (box->failures == 1) urgency -= 1;
    if (box->maintained) urgency -= 50;
  } else if (telling_alert(target) != nullptr) {
    urgency = 20;
  } else if (target.mark() == Mark::unclear) {
    urgency = 10;
  } else if (!target.alerts.empty()) {
    urgency = 5;
  }
  return std::max(urgency, target.mark() == Mark::failing ? 1 : 0);
}

Headline headline_of(const OverviewFacts& facts) {
  const TargetFacts* worst = nullptr;
  for (const TargetFacts& target : facts.targets)
    if (worst == nullptr || urgency_of(target) > urgency_of(*worst)) worst = &target;
  if (worst != nullptr && facts.monitor.egress_up != false) {
    if (const StageFacts* box = worst_box(*worst)) {
      Headline made = of_failure(facts, *worst, *box);
      made.also = also_words(facts, *worst);
      made.checked = last_run(*worst, box->probe);
      return made;
    }
    if (const AlertFacts* alert = telling_alert(*worst)) {
      Headline made = of_alert(*worst, *alert);
      made.checked = last_run(*worst, value_of(alert->labels, "probe"));
      return made;
    }
  }
  const Counts all = count(facts);
  const bool some_unclear = facts.monitor.egress_up != false && all.unclear > 0;
  Headline made = facts.monitor.egress_up == false || some_unclear ? of_blindness(facts, all)
                                                                   : of_calm(facts, all);
  if (made.also.empty()) made.also = alerts_beside(facts);
  if (some_unclear)
    made.checked = last_run(facts, Mark::unclear);
  else
    for (const TargetFacts& target : facts.targets)
      made.checked = std::max(made.checked, target.checked);
  return made;
}

}  // namespace sonde::page
