// What ten rules cost the main thread with each Result of 1,000 chats, and with an evaluation of
// all of them, while all is well and in an outage. Prints one line each.
#include <fmt/format.h>

#include <ctime>
#include <vector>

#include "daemon/alert/engine.hpp"
#include "daemon/judge/judge.hpp"

namespace sonde {
namespace {

constexpr WallSeconds start{1'800'000'000};
const std::vector<std::string> events{"agent_started", "agent_thinking", "tool_executing",
                                      "tool_completed", "agent_completed"};

double cpu_of(const auto& work) {
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
  };
  const double begin = now();
  work();
  return now() - begin;
}

std::vector<alert::CheckPtr> chats(int count, int targets) {
  std::vector<alert::CheckPtr> checks;
  for (int i = 0; i < count; ++i) {
    auto check = std::make_shared<Check>();
    check->name = fmt::format("chat-{}", i);
    check->kind = "chat";
    check->target = fmt::format("target-{}", i % targets);
    check->every = std::chrono::seconds(60);
    check->timeout = std::chrono::seconds(60);
    check->steps = {Step::login, Step::upgrade, Step::ready, Step::events, Step::answer};
    check->events = events;
    checks.push_back(std::move(check));
  }
  return checks;
}

alert::RuleSettings rate_rule(alert::AlertOf of, double below, std::vector<Span> over) {
  alert::RuleSettings rule;
  rule.of = of;
  rule.below = alert::Bound{.share = config::Percent{below}, .span = {}, .count = {}};
  rule.clear_above = rule.below;
  rule.over = std::move(over);
  return rule;
}

std::vector<alert::RuleSettings> ten_rules() {
  using std::chrono::hours;
  using std::chrono::minutes;
  const alert::Bound two{.share = {}, .span = {}, .count = 2};
  const alert::Bound none{.share = {}, .span = {}, .count = 0};
  const alert::Bound slow{.share = {}, .span = std::chrono::seconds(2), .count = {}};
  std::vector<alert::RuleSettings> rules = {
      rate_rule(alert::AlertOf::auth_success, 0.9, {minutes(10), minutes(30)}),
      rate_rule(alert::AlertOf::auth_success, 0.99, {hours(6)}),
      rate_rule(alert::AlertOf::event_delivery, 0.99, {hours(6)}),
      rate_rule(alert::AlertOf::probe_success, 0.9, {minutes(10)}),
      rate_rule(alert::AlertOf::probe_success, 0.99, {hours(24)}),
      {.of = alert::AlertOf::latency, .above = slow},
      {.of = alert::AlertOf::consecutive_failures,
       .above = two,
       .over = {},
       .severity = Severity::critical},
      {.of = alert::AlertOf::certificate_expiry, .below = slow, .over = {}},
      {.of = alert::AlertOf::reason, .reasons = {Reason::auth_fail_open}, .above = none},
      {.of = alert::AlertOf::burn_rate, .over = {}, .min_failures = 3}};
  for (std::size_t i = 0; i < rules.size(); ++i) rules[i].name = fmt::format("rule_{}", i);
  return rules;
}

ResultPtr run_of(const alert::CheckPtr& check, bool fails, WallSeconds end) {
  auto trace = std::make_shared<Trace>();
  trace->auth_begun(Step::login);
  if (!fails) {
    trace->auth_succeeded(Step::login);
    trace->auth_begun(Step::upgrade);
    trace->auth_succeeded(Step::upgrade);
    for (const auto& event : events)
      trace->deliveries.push_back({.event = event, .expected = 1, .delivered = 1});
  }
  auto result = std::make_shared<Result>();
  result->check = check;
  result->verdict =
      fails ? Verdict::of(Step::login, {Reason::server_error, "HTTP 500"}) : Verdict::pass();
  result->started = WallTime(end);
  result->trace = std::move(trace);
  return result;
}

struct Bench {
  std::vector<alert::CheckPtr> checks;
  judge::Judge judge;
  WallSeconds now = start;
  alert::Engine engine{
      judge, {.external_url = "http://sonde:9811", .now = [this] { return WallTime(now); }}};

  explicit Bench(int targets) : checks(chats(1000, targets)) {
    judge.assign(checks);
    auto rules = ten_rules();
    std::vector<judge::Judge::Watched> watched;
    for (const auto& [check, timed] : timed_by(rules, checks)) watched.push_back({check, timed});
    judge.watch(watched);
    engine.assign(std::move(rules));
  }
  void measure(const char* what, int minutes, bool fails) {
    double results = 0, all = 0;
    for (int minute = 0; minute < minutes; ++minute, now += std::chrono::minutes(1)) {
      for (const auto& check : checks) {
        const auto result = run_of(check, fails, now);
        judge.accept(result);
        results += cpu_of([&] { engine.accept(result); });
      }
      all += cpu_of([&] { engine.evaluate(); });
    }
    const double each = 1e6 / (1000.0 * minutes);
    fmt::print("{}: {:.2f} us a Result, {:.1f} ms an evaluation of all, {} alerts\n", what,
               results * each, all * 1e3 / minutes, engine.current().size());
  }
};

}  // namespace
}  // namespace sonde

int main() {
  for (int targets : {100, 1}) {
    fmt::print("1,000 chats, 10 rules, {} targets\n", targets);
    sonde::Bench bench(targets);
    bench.measure("all is well", 120, false);
    bench.measure("an outage", 30, true);
  }
}
