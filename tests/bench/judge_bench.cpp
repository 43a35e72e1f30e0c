// What judging costs the main thread: memory of a hundred chats with a month of full windows, CPU
// of a Result, of a page's facts and of what is told to the store. Prints one line each.
#include <fmt/format.h>
#include <malloc.h>

#include <ctime>
#include <future>
#include <vector>

#include "daemon/judge/judge.hpp"
#include "daemon/judge/window_facts.hpp"
#include "daemon/metrics/metrics.hpp"

namespace sonde {
namespace {

// Those of usual alerts.
const judge::ShownWindows shown{.success = {},
                                .auth = {std::chrono::minutes(10), std::chrono::minutes(30)},
                                .delivery = {std::chrono::hours(6)}};
constexpr WallSeconds start{1'800'000'000};
const std::vector<std::string> events{"agent_started", "agent_thinking", "tool_executing",
                                      "tool_completed", "agent_completed"};

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double cpu_of(const auto& work) {
  const double begin = cpu_seconds();
  work();
  return cpu_seconds() - begin;
}

double heap_megabytes() {
  const auto info = mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd) / 1e6;
}

std::vector<std::shared_ptr<const Check>> chats(int count) {
  std::vector<std::shared_ptr<const Check>> checks;
  for (int i = 0; i < count; ++i) {
    auto check = std::make_shared<Check>();
    check->name = fmt::format("chat-{}", i);
    check->kind = "chat";
    check->target = "production";
    check->steps = {Step::login, Step::upgrade, Step::ready, Step::events, Step::answer};
    check->events = events;
    checks.push_back(std::move(check));
  }
  return checks;
}

// A finished run of a chat; one that fails loses two of the events.
ResultPtr run_of(std::shared_ptr<const Check> check, bool fails, WallSeconds end) {
  auto trace = std::make_shared<Trace>();
  for (Step step : {Step::login, Step::upgrade}) {
    trace->auth_begun(step);
    trace->auth_succeeded(step);
  }
  for (std::size_t i = 0; i < events.size(); ++i)
    trace->deliveries.push_back(
        {.event = events[i], .expected = 1, .delivered = fails && i > 2 ? 0U : 1U});
  auto result = std::make_shared<Result>();
  result->check = std::move(check);
  result->verdict = fails ? Verdict::of(Step::events, {Reason::missing_event, "tool_completed"})
                          : Verdict::pass();
  result->started = WallTime(end);
  result->trace = std::move(trace);
  return result;
}

std::vector<ResultPtr> runs_of(const std::vector<std::shared_ptr<const Check>>& checks,
                               WallSeconds end) {
  std::vector<ResultPtr> results;
  for (std::size_t i = 0; i < checks.size(); ++i)
    results.push_back(run_of(checks[i], i % 20 == 0, end));
  return results;
}

// The page with and without the windows; its gzip is what Prometheus asks for.
void measure_page(int count) {
  const auto checks = chats(count);
  judge::Judge judge;
  judge.assign(checks);
  for (int minute = 0; minute < 60; ++minute)
    for (const auto& result : runs_of(checks, start + std::chrono::minutes(minute)))
      judge.accept(result);
  for (bool windows : {false, true}) {
    auto facts = [&] {
      return windows ? Facts{.windows = window_facts(judge, shown, start + std::chrono::hours(1))}
                     : Facts();
    };
    metrics::Metrics metrics({.version = "1", .revision = "1", .workers = 1, .facts = facts});
    metrics.assign(checks, {});
    for (const auto& result : runs_of(checks, start)) metrics.accept(result);
    std::promise<std::string> page;
    const double main = cpu_of([&] {
      metrics.render(metrics::PageFormat::text, false,
                     [&page](std::string text) { page.set_value(std::move(text)); });
    });
    const auto asked = Clock::now();
    const std::size_t bytes = page.get_future().get().size();
    fmt::print("page of {} chats {} windows: {:.2f} MB, {:.1f} ms of the main thread, {:.0f} ms\n",
               count, windows ? "with" : "without", static_cast<double>(bytes) / 1e6, main * 1e3,
               seconds(Clock::now() - asked) * 1e3);
  }
}

void measure_memory(std::chrono::seconds every, int failing_of_hundred) {
  const auto checks = chats(100);
  const double before = heap_megabytes();
  judge::Judge judge;
  judge.assign(checks);
  for (std::chrono::seconds at{0}; at < std::chrono::hours(720); at += every)
    for (std::size_t i = 0; i < checks.size(); ++i) {
      const bool fails = (at / every + static_cast<std::int64_t>(i)) % 100 < failing_of_hundred;
      judge.accept(run_of(checks[i], fails, start + at));
    }
  const double full = heap_megabytes() - before;
  fmt::print("memory of 100 chats, every {} s, {} % failing, 30 days: {:.2f} MB\n", every.count(),
             failing_of_hundred, full);
}

void measure_cpu() {
  const auto checks = chats(1000);
  judge::Judge judge;
  metrics::Metrics metrics({.version = "1", .revision = "1", .workers = 1});
  judge.assign(checks);
  metrics.assign(checks, {});
  constexpr int rounds = 100;
  double judging = 0, counting = 0, telling = 0;
  std::size_t runs = 0;
  for (int round = 0; round < rounds; ++round) {
    const auto results = runs_of(checks, start + std::chrono::seconds(60 * round));
    judging += cpu_of([&] {
      for (const auto& result : results) judge.accept(result);
    });
    counting += cpu_of([&] {
      for (const auto& result : results) metrics.accept(result);
    });
    Changes changes;
    telling += cpu_of([&] { judge.take_changes(changes); });
    runs += results.size();
  }
  std::vector<WindowFacts> facts;
  const double showing = cpu_of(
      [&] { facts = window_facts(judge, shown, start + std::chrono::seconds(60 * rounds)); });
  const double each = 1e6 / static_cast<double>(runs);
  fmt::print(
      "CPU of a Result at 1,000 chats: judge {:.2f} us, metrics {:.2f} us, "
      "its changes {:.2f} us\n",
      judging * each, counting * each, telling * each);
  fmt::print("CPU of the facts of {} windows: {:.2f} ms\n", facts.size(), showing * 1e3);
}

}  // namespace
}  // namespace sonde

int main() {
  sonde::measure_cpu();
  sonde::measure_page(100);
  sonde::measure_page(1000);
  sonde::measure_memory(std::chrono::seconds(60), 0);
  sonde::measure_memory(std::chrono::seconds(60), 2);
  sonde::measure_memory(std::chrono::seconds(15), 2);
}
