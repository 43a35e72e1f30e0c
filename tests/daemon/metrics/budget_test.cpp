#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "daemon/metrics/counts.hpp"
#include "tests/daemon/metrics/metrics_fixture.hpp"

namespace sonde::metrics::budget_test {
namespace {

using std::chrono::milliseconds;

// A kind of probe as it is after its first run, and how many series it may have.
struct Kind {
  const char* name;
  std::vector<Step> steps;
  std::vector<Phase> phases;
  std::size_t events, series_max;
};
void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }

const std::vector<Phase> request{Phase::resolve, Phase::connect, Phase::tls, Phase::request,
                                 Phase::first_byte};
std::vector<Phase> with(std::vector<Phase> phases, std::initializer_list<Phase> more) {
  phases.insert(phases.end(), more);
  return phases;
}

class Budget : public MetricsTest, public testing::WithParamInterface<Kind> {
 protected:
  std::shared_ptr<Check> check(const std::string& name) {
    auto made = chat_check(name);
    made->kind = GetParam().name;
    made->steps = GetParam().steps;
    made->events.clear();
    for (std::size_t i = 0; i < GetParam().events; ++i)
      made->events.push_back("event_" + std::to_string(i));
    return made;
  }
  // A run that passes, over TLS, and enters every phase of its kind.
  ResultPtr pass(const std::shared_ptr<Check>& of) {
    Making making(of, Verdict::pass());
    Trace& trace = *making.trace;
    for (const Phase phase : GetParam().phases) trace.enter(phase, trace.started());
    trace.finish(trace.started() + milliseconds(100));
    trace.tls({.not_after = 1'800'000'000, .host_port = "api.example.com:443"});
    for (const Step step : of->steps)
      if (step == Step::login || step == Step::upgrade) {
        trace.auth_begun(step);
        trace.auth_succeeded(step);
      }
    for (const std::string& event : of->events)
      trace.deliveries.push_back({.event = event, .expected = 1, .delivered = 1});
    return making.done();
  }
  void show_windows(const std::vector<std::shared_ptr<const Check>>& checks) {
    for (const auto& one : checks) {
      for (const Step step : one->steps)
        if (step == Step::login || step == Step::upgrade)
          facts.windows.push_back({one, {.of = RateOf::auth, .step = step}, "10m", {4, 0}});
      for (const std::string& event : one->events)
        facts.windows.push_back({one, {.of = RateOf::delivery, .event = event}, "1h", {4, 0}});
      facts.maintenance.push_back({.probe = one->name, .kind = one->kind, .target = one->target});
    }
  }
  static std::size_t series(const std::string& text) {
    const std::string name = R"({probe=")";
    std::size_t count = 0;
    for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1))
      ++count;
    return count;
  }
};

TEST_P(Budget, AProbeWithoutFailuresHasFewSeries) {
  auto one = check("probe");
  assign({one});
  metrics.accept(pass(one));
  show_windows({one});
  const std::string text = page();
  RecordProperty("series", static_cast<int>(series(text)));
  EXPECT_LE(series(text), GetParam().series_max);
  EXPECT_EQ(series(text), series_of(*one) + 3 * facts.windows.size()) << "as `sonde check` says";
}

TEST_P(Budget, AThousandProbesMakeAPageThatPrometheusCanCarry) {
  std::vector<std::shared_ptr<const Check>> checks;
  for (int i = 0; i < 1000; ++i) {
    auto one = check("probe-" + std::to_string(i));
    checks.push_back(one);
    metrics.accept(pass(one));
  }
  assign(checks);
  for (const auto& one : checks) metrics.accept(pass(std::const_pointer_cast<Check>(one)));
  show_windows(checks);
  const std::string text = page();
  RecordProperty("bytes", static_cast<int>(text.size()));
  EXPECT_LE(text.size(), 15'000'000U);
  EXPECT_LE(series(text), 1000 * GetParam().series_max);
}

const std::vector<Kind> kinds{
    {"health", {Step::health}, request, 0, 35},
    {"login", {Step::login}, with(request, {Phase::login}), 0, 45},
    {"upgrade",
     {Step::login, Step::upgrade, Step::ready},
     with(request, {Phase::login, Phase::upgrade, Phase::ready}),
     0,
     60},
    {"chat",
     {Step::login, Step::upgrade, Step::ready, Step::events, Step::answer},
     with(request, {Phase::login, Phase::upgrade, Phase::ready, Phase::events}),
     7,
     130}};
INSTANTIATE_TEST_SUITE_P(Kinds, Budget, testing::ValuesIn(kinds),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace sonde::metrics::budget_test
