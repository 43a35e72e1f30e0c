#include "daemon/metrics/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdio>
#include <fstream>

#include "daemon/metrics/metrics_page.hpp"
#include "tests/daemon/metrics/metrics_fixture.hpp"

namespace sonde::metrics::metrics_test {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST_F(MetricsTest, TotalsAreThereAtZeroFromTheStart) {
  const std::string text = page();
  EXPECT_THAT(text, HasSubstr(line("sonde_probe_runs_total", "", "0")));
  EXPECT_THAT(text, HasSubstr(line("sonde_probe_failed_runs_total", "", "0")));
  for (const char* step : {R"(step="login")", R"(step="upgrade")"}) {
    EXPECT_THAT(text, HasSubstr(line("sonde_auth_attempts_total", step, "0")));
    EXPECT_THAT(text, HasSubstr(line("sonde_auth_failed_attempts_total", step, "0")));
  }
  EXPECT_THAT(text,
              HasSubstr(line("sonde_events_expected_total", R"(event="agent_started")", "0")));
  EXPECT_THAT(text, HasSubstr(line("sonde_chat_first_event_seconds_count", "", "0")));
  EXPECT_THAT(text, Not(HasSubstr("reason="))) << "what is rare appears with its first event";
}

TEST_F(MetricsTest, APairThatAppearsIsShownAtZeroToEachScraperFirst) {
  const auto shown = [&](const char* value) {
    return HasSubstr(
        line("sonde_probe_failures_total", R"(step="login",reason="tcp_refused")", value));
  };
  const auto scrape = [&](const char* client) {
    now += std::chrono::seconds(5);
    std::string text = page_now();
    metrics.scraped(client, now);
    return text;
  };
  for (int i = 0; i < 3; ++i) scrape("one"), scrape("two");
  metrics.accept(made(chat, failed(Step::login, Reason::tcp_refused)));
  EXPECT_THAT(scrape("one"), shown("0"));
  EXPECT_THAT(scrape("two"), shown("0"));
  EXPECT_THAT(scrape("one"), shown("1"));
  EXPECT_THAT(scrape("two"), shown("1"));
  metrics.accept(made(chat, failed(Step::login, Reason::tcp_refused)));
  EXPECT_THAT(scrape("one"), shown("2")) << "it has been there";
}

TEST_F(MetricsTest, GoesOnWithTheRowOfFailuresFromBeforeTheStart) {
  metrics.resume_row(*chat, 4);
  metrics.accept(made(chat, failed(Step::login, Reason::tcp_refused)));
  EXPECT_THAT(page(), HasSubstr(line("sonde_probe_consecutive_failures", "", "5")));
  metrics.accept(made(chat, Verdict::pass()));
  EXPECT_THAT(page(), HasSubstr(line("sonde_probe_consecutive_failures", "", "0")));
}

TEST_F(MetricsTest, ShowsAFailureThatNoScraperSawBeforeTheEndAtZeroFirst) {
  const auto counted = [](const char* value) {
    return HasSubstr(
        line("sonde_probe_failures_total", R"(step="events",reason="identity_mismatch")", value));
  };
  const WallTime ended{std::chrono::hours(100)};
  RunRow run{.check = key_of(*chat),
             .ended = ended - std::chrono::seconds(20),
             .verdict = failed(Step::events, Reason::identity_mismatch)};
  RunRow again = run;
  again.attempt = 2;
  RunRow other = run;
  other.check = "of another probe";
  RunRow long_shown = run, shown = run;
  shown.verdict = long_shown.verdict = failed(Step::login, Reason::tcp_refused);
  long_shown.ended -= std::chrono::minutes(2);
  metrics.count_unseen({run, again, other, shown, long_shown}, ended);
  EXPECT_THAT(page_now(), counted("0"));
  const std::string text = page();
  EXPECT_THAT(text, counted("1"));
  EXPECT_THAT(text, Not(HasSubstr("tcp_refused"))) << "it was shown two minutes before";
}

TEST_F(MetricsTest, WhatIsNotKnownIsAbsent) {
  const std::string text = page();
  EXPECT_THAT(text, Not(HasSubstr("sonde_probe_success{")));
  EXPECT_THAT(text, Not(HasSubstr("sonde_probe_last_run_timestamp_seconds{")));
  EXPECT_THAT(text, Not(HasSubstr("sonde_probe_phase_duration_seconds")));
  EXPECT_THAT(text, Not(HasSubstr("NaN")));
  EXPECT_THAT(text, Not(HasSubstr("Nan")));
}

TEST_F(MetricsTest, SaysWhichTimeItIsByTheClockThatItsOtherTimesAreOf) {
  const auto before = unix_seconds(std::chrono::system_clock::now());
  const std::string text = page();
  const auto after = unix_seconds(std::chrono::system_clock::now());
  const std::size_t at = text.find("\nsonde_time_seconds ");
  ASSERT_NE(at, std::string::npos) << text;
  const double said = std::stod(text.substr(at + std::string_view("\nsonde_time_seconds ").size()));
  EXPECT_GE(said, before - 1) << "it is written with fewer digits than it has";
  EXPECT_LE(said, after + 1);
}

TEST_F(MetricsTest, CountsPassesAndFailuresByStepAndReason) {
  metrics.accept(made(chat, Verdict::pass()));
  metrics.accept(made(chat, failed(Step::login, Reason::tcp_refused)));
  metrics.accept(made(chat, failed(Step::login, Reason::tcp_refused)));
  const std::string text = page();
  EXPECT_THAT(text, HasSubstr(line("sonde_probe_runs_total", "", "3")));
  EXPECT_THAT(text, HasSubstr(line("sonde_probe_failures_total",
                                   R"(step="login",reason="tcp_refused")", "2")));
  EXPECT_THAT(text, HasSubstr(line("sonde_probe_success", "", "0")));
  EXPECT_THAT(text, HasSubstr(line("sonde_probe_consecutive_failures", "", "2")));
  EXPECT_THAT(text, HasSubstr(line("sonde_probe_duration_seconds_count", "", "1")));
  EXPECT_THAT(text, HasSubstr(line("sonde_probe_duration_seconds_bucket", R"(le="1")", "1")));
  EXPECT_THAT(text, HasSubstr(line("sonde_probe_duration_seconds_bucket", R"(le="0.25")", "0")));
  EXPECT_THAT(text, HasSubstr(line("sonde_probe_last_run_timestamp_seconds", "", "1700000000.5")));
  EXPECT_THAT(text, HasSubstr(line("sonde_probe_interval_seconds", "", "60")));
  EXPECT_THAT(text, HasSubstr(line("sonde_probe_timeout_seconds", "", "30")));
}

TEST_F(MetricsTest, APassAfterARetryIsFlakyAndHidesNoFailure) {
  metrics.accept(made(chat, failed(Step::events, Reason::timeout), 1));
  metrics.accept(made(chat, Verdict::pass(), 2));
  const std::string text = page();
  EXPECT_THAT(text, HasSubstr(line("sonde_probe_runs_total", "", "1")));
  EXPECT_THAT(text, HasSubstr(line("sonde_probe_failures_total",
                                   R"(step="events",reason="timeout")", "1")));
  EXPECT_THAT(text, HasSubstr(line("sonde_probe_flaky_total", "", "1")));
  EXPECT_THAT(text, HasSubstr(line("sonde_probe_success", "", "1")));
  EXPECT_THAT(text, HasSubstr(line("sonde_probe_consecutive_failures", "", "0")));
  EXPECT_THAT(text, HasSubstr(line("sonde_probe_duration_seconds_count", "", "0")));
}

TEST_F(MetricsTest, RunsUnderMaintenanceMoveNoGaugeThatAlertsAreAbout) {
  const auto run = [&](const Verdict& verdict) { metrics.accept(made(chat, verdict)); };
  const Verdict fails = failed(Step::login, Reason::tcp_refused);
  run(fails);
  maintenance = true;
  run(Verdict::pass());
  run(fails);
  run(fails);
  const auto shown = page();
  EXPECT_NE(shown.find(line("sonde_probe_consecutive_failures", "", "1")), std::string::npos);
  EXPECT_NE(shown.find(line("sonde_probe_success", "", "0")), std::string::npos);
  EXPECT_NE(shown.find(line("sonde_probe_runs_total", "", "4")), std::string::npos);
  maintenance = false;
  run(Verdict::pass());
  maintenance = true;
  run(fails);
  EXPECT_NE(page().find(line("sonde_probe_success", "", "1")), std::string::npos);
}

TEST_F(MetricsTest, WhatSaysNothingOfTheTargetIsCountedApart) {
  Making lag(chat, failed(Step::events, Reason::own_lag));
  lag.trace->deliveries.push_back({.event = "agent_started", .expected = 1});
  metrics.accept(lag.done());
  Making late(chat, failed(Step::login, Reason::late));
  late.result.beats = 7;
  metrics.accept(late.done());
  const std::string text = page();
  EXPECT_THAT(text, HasSubstr(line("sonde_probe_runs_total", "", "0")));
  EXPECT_THAT(text, HasSubstr(line("sonde_probe_inconclusive_total", R"(reason="own_lag")", "1")));
  EXPECT_THAT(text, HasSubstr(line("sonde_probe_skipped_total", R"(reason="late")", "7")));
  EXPECT_THAT(text,
              HasSubstr(line("sonde_events_expected_total", R"(event="agent_started")", "0")));
  EXPECT_THAT(text, Not(HasSubstr("sonde_probe_success{")));
}

TEST_F(MetricsTest, CountsEventsAuthAndTimesOfAChat) {
  using std::chrono::milliseconds;
  Making making(chat, failed(Step::events, Reason::missing_event));
  Trace& trace = *making.trace;
  trace.auth_begun(Step::login);
  trace.auth_succeeded(Step::login);
  trace.auth_begun(Step::upgrade);
  trace.auth_succeeded(Step::upgrade);
  trace.deliveries.push_back(
      {.event = "agent_started", .expected = 1, .delivered = 1, .duplicated = 2});
  trace.deliveries.push_back({.event = "agent_completed", .expected = 1, .late = 1, .foreign = 3});
  trace.first_event = milliseconds(40);
  trace.longest_silence = milliseconds(7000);
  trace.enter(Phase::connect, trace.started());
  trace.enter(Phase::tls, trace.started() + milliseconds(250));
  trace.finish(trace.started() + milliseconds(750));
  trace.tls({.not_after = 1'800'000'000, .host_port = "ws.example.com:443"});
  metrics.accept(making.done());
  const std::string text = page();
  EXPECT_THAT(text, HasSubstr(line("sonde_auth_attempts_total", R"(step="login")", "1")));
  EXPECT_THAT(text, HasSubstr(line("sonde_auth_attempts_total", R"(step="upgrade")", "1")));
  EXPECT_THAT(text,
              HasSubstr(line("sonde_events_delivered_total", R"(event="agent_started")", "1")));
  EXPECT_THAT(text,
              HasSubstr(line("sonde_events_delivered_total", R"(event="agent_completed")", "0")));
  EXPECT_THAT(text,
              HasSubstr(line("sonde_events_duplicated_total", R"(event="agent_started")", "2")));
  EXPECT_THAT(text,
              HasSubstr(line("sonde_events_foreign_total", R"(event="agent_completed")", "3")));
  EXPECT_THAT(text, HasSubstr(line("sonde_chat_first_event_seconds_bucket", R"(le="0.05")", "1")));
  EXPECT_THAT(text, HasSubstr(line("sonde_chat_terminal_event_seconds_count", "", "0")));
  EXPECT_THAT(text, HasSubstr(line("sonde_chat_longest_silence_seconds_sum", "", "7")));
  EXPECT_THAT(text, HasSubstr(line("sonde_probe_phase_duration_seconds_sum", R"(phase="connect")",
                                   "0.25")));
  EXPECT_THAT(text,
              HasSubstr(line("sonde_probe_phase_duration_seconds_sum", R"(phase="tls")", "0.5")));
  EXPECT_THAT(text, Not(HasSubstr(R"(phase="resolve")")));
  EXPECT_THAT(text, HasSubstr(line("sonde_tls_certificate_not_after_timestamp_seconds",
                                   R"(host_port="ws.example.com:443")", "1800000000")));
}

TEST_F(MetricsTest, AnAttemptThatDidNotSucceedFailedWithTheRunsReason) {
  Making making(chat, failed(Step::ready, Reason::closed_after_accept));
  making.trace->auth_begun(Step::upgrade);
  metrics.accept(making.done());
  EXPECT_THAT(page(), HasSubstr(line("sonde_auth_failures_total",
                                     R"(step="upgrade",reason="closed_after_accept")", "1")));
}

TEST_F(MetricsTest, AReloadKeepsWhatStaysAndForgetsWhatGoes) {
  auto other = chat_check("other");
  assign({chat, other});
  metrics.accept(made(chat, Verdict::pass()));
  metrics.accept(made(other, Verdict::pass()));
  auto slower = chat_check();
  slower->every = std::chrono::seconds(120);
  assign({slower});
  metrics.accept(made(other, Verdict::pass()));  // it ended after the reload
  const std::string text = page();
  EXPECT_THAT(text, HasSubstr(line("sonde_probe_runs_total", "", "1")));
  EXPECT_THAT(text, HasSubstr(line("sonde_probe_interval_seconds", "", "120")));
  EXPECT_THAT(text, Not(HasSubstr(R"(probe="other")")));
}

TEST_F(MetricsTest, TellsOfTheDaemonItself) {
  under_way = 5;
  metrics.loaded(false, "feed", std::chrono::system_clock::now());
  metrics.served("/metrics", 200, std::chrono::milliseconds(3));
  metrics.accept(made(chat, Verdict::pass()));
  const std::string text = page();
  EXPECT_THAT(text, HasSubstr(line("sonde_probe_in_flight", "", "5")));
  EXPECT_THAT(text, HasSubstr(R"(sonde_build_info{version="1.2.3",revision="abc",compiler=")"));
  EXPECT_THAT(text, HasSubstr("\nsonde_config_last_reload_successful 0\n"));
  EXPECT_THAT(text, HasSubstr(R"(sonde_config_info{hash="feed"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(sonde_http_requests_total{handler="/metrics",code="200"} 1)"));
  EXPECT_THAT(text,
              HasSubstr(R"(sonde_scheduler_lateness_seconds_bucket{worker="0",le="0.0005"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(sonde_scheduler_lateness_seconds_count{worker="1"} 0)"));
  EXPECT_THAT(text, HasSubstr(R"(sonde_log_messages_total{level="warning"} )"));
  EXPECT_THAT(text, HasSubstr("\nsonde_log_messages_lost_total 0\n"));
  for (const char* name : {"cpu_seconds_total", "open_fds", "max_fds", "virtual_memory_bytes",
                           "resident_memory_bytes", "start_time_seconds", "threads"})
    EXPECT_THAT(text, HasSubstr("\nprocess_" + std::string(name) + " "));
}

TEST_F(MetricsTest, TimesTheWayToTheFirstSessionOfRunsThatPass) {
  EXPECT_THAT(page(), HasSubstr(line("sonde_session_ready_seconds_count", "", "0")));
  Making making(chat, Verdict::pass());
  making.trace->enter(Phase::ready, making.trace->started() + std::chrono::seconds(1));
  making.trace->finish(making.trace->started() + std::chrono::seconds(3));
  metrics.accept(making.done());
  metrics.accept(made(chat, failed(Step::ready, Reason::no_ready)));
  EXPECT_THAT(page(), HasSubstr(line("sonde_session_ready_seconds_count", "", "1")));
  EXPECT_THAT(page(), HasSubstr(line("sonde_session_ready_seconds_sum", "", "3")));
  auto login = chat_check("login");
  login->steps = {Step::login};
  assign({login});
  EXPECT_THAT(page(), Not(HasSubstr("sonde_session_ready_seconds"))) << "it opens no session";
}

TEST_F(MetricsTest, ShowsWhatTheRoomsSayWhenThePageIsAskedFor) {
  EXPECT_THAT(page(), Not(HasSubstr("window=")));
  facts = made_facts();
  const std::string text = page();
  for (const char* name :
       {"sonde_auth_success_ratio{", "sonde_alerts{", "sonde_notifications_total{",
        "sonde_store_writes_total ", "sonde_maintenance_active{"})
    EXPECT_THAT(text, HasSubstr("\n" + std::string(name)));
}

TEST_F(MetricsTest, HelpStandsOnceAFamilyHoweverLongItIs) {
  std::vector<std::shared_ptr<const Check>> checks;
  for (int i = 0; i < 50; ++i) checks.push_back(chat_check("p" + std::to_string(i)));
  assign(checks);
  const std::string text = page();
  const std::string head = "# TYPE sonde_probe_duration_seconds";
  EXPECT_EQ(text.find(head), text.rfind(head));
  EXPECT_THAT(text, HasSubstr(R"(sonde_probe_duration_seconds_sum{probe="p49",kind="chat")"));
  EXPECT_EQ(page().substr(0, 5000), text.substr(0, 5000)) << "the order does not change";
}

TEST_F(MetricsTest, GzipHoldsTheSamePage) {
  const std::string packed = page(true);
  std::string text(1 << 22, '\0');
  z_stream stream{};
  ASSERT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  EXPECT_LT(packed.size() * 4, text.size());
  EXPECT_THAT(text, HasSubstr("sonde_probe_runs_total"));
}

TEST_F(MetricsTest, PromtoolFindsNothingToSay) {
  if (std::system("command -v promtool >/dev/null") != 0) GTEST_SKIP() << "no promtool";
  facts = made_facts();
  Making making(chat, failed(Step::events, Reason::missing_event));
  making.trace->enter(Phase::connect);
  making.trace->finish();
  making.trace->tls({.not_after = 1'800'000'000, .host_port = "a:443"});
  metrics.accept(making.done());
  metrics.loaded(true, "feed", std::chrono::system_clock::now());
  metrics.served("/", 200, std::chrono::milliseconds(3));
  FILE* promtool = ::popen("promtool check metrics 2>&1", "w");
  ASSERT_NE(promtool, nullptr);
  const std::string text = page();
  EXPECT_EQ(std::fwrite(text.data(), 1, text.size(), promtool), text.size());
  EXPECT_EQ(::pclose(promtool), 0);
}

TEST_F(MetricsTest, AHundredProbesStaySmall) {
#if __has_feature(address_sanitizer)
  GTEST_SKIP() << "the sanitizer keeps what is freed for a while";
#endif
  std::vector<std::shared_ptr<const Check>> checks;
  for (int i = 0; i < 100; ++i) checks.push_back(chat_check("p" + std::to_string(i)));
  assign(checks);
  page(true);
  auto resident = [this] {
    const std::string text = page();
    const std::string name = "\nprocess_resident_memory_bytes ";
    return std::stod(text.substr(text.find(name) + name.size()));
  };
  const double before = resident();
  for (int i = 0; i < 20; ++i) page(true);
  EXPECT_LT(resident() - before, 8e6) << "pages are given back";
  RecordProperty("page_bytes", static_cast<int>(page().size()));
  std::printf("100 chat probes: page %zu bytes, resident %.0f\n", page().size(), resident());
}

}  // namespace
}  // namespace sonde::metrics::metrics_test
