#include "daemon/report/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/core/made_results.hpp"

namespace sonde::report::text_test {
namespace {
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr TextStyle plain{.colour = false, .unicode = false, .width = 100, .full = true};
constexpr TextStyle brief{.colour = false, .unicode = false, .width = 100, .full = false};

Exchange refused_upgrade() {
  return {.method = "GET",
          .url = "http://127.0.0.1:8080/ws",
          .sent = {{"Upgrade", "websocket"}},
          .status = 500,
          .received = {{"Server", "uvicorn"}},
          .body = "Internal\x1b[31m Server Error",
          .body_bytes = 21,
          .peer = "127.0.0.1:8080",
          .at = MadeResult::at(51)};
}

TEST(Text, HeadlineSaysVerdictProbeTargetKindAndTime) {
  MadeResult made = made_chat();
  EXPECT_THAT(as_text(made.result(), plain), StartsWith("PASS chat staging (chat) in 1.20 s\n"));
}

TEST(ShortText, APassedRunIsOneLine) {
  MadeResult made = made_chat();
  EXPECT_EQ(as_short_text(made.result(), plain), "PASS chat staging (chat) in 1.20 s\n");
}

TEST(ShortText, AFailureHasItsCauseAndItsTrace) {
  MadeResult made;
  made.failed(Step::upgrade, Reason::server_error, "500 from /ws");
  EXPECT_EQ(as_short_text(made.result(), plain), as_text(made.result(), brief) + "\n");
}

TEST(Text, RetriesAreNumbered) {
  MadeResult made;
  EXPECT_THAT(headline(made.attempt(2).result(), plain), EndsWith(", attempt 2"));
}

TEST(Text, AFailureNamesStepReasonDetailAndHelp) {
  MadeResult made;
  made.failed(Step::upgrade, Reason::server_error, "500 from /ws");
  const std::string text = as_text(made.result(), plain);
  EXPECT_THAT(text, StartsWith("FAIL chat staging"));
  EXPECT_THAT(text, HasSubstr("  upgrade/server_error: 500 from /ws\n"));
  EXPECT_THAT(text, HasSubstr(std::string(row(Reason::server_error).help)));
}

TEST(Text, TheFirstWrongFrameIsQuoted) {
  MadeResult made;
  made.frame(Direction::in, "{\"type\":\"agent_started\"}", 10);
  made.frame(Direction::in, "{\"type\":\"bogus\"}", 20);
  made.trace().remark("unknown event");
  made.frame(Direction::in, "{\"type\":\"worse\"}", 30);
  made.trace().remark("also wrong");
  made.failed(Step::events, Reason::unknown_event);
  const std::string text = as_text(made.result(), plain);
  const std::string quote = text.substr(text.find("first wrong frame:"), 120);
  EXPECT_THAT(quote, HasSubstr("{\"type\":\"bogus\"}  <- unknown event"));
}

TEST(Text, EventsStandWithStateAndTime) {
  MadeResult made = made_chat();
  const std::string text = as_text(made.result(), brief);
  EXPECT_THAT(text, HasSubstr("agent_started"));
  EXPECT_THAT(text, HasSubstr("@ 120.0 ms"));
  EXPECT_THAT(text, HasSubstr("@ 1100.0 ms"));
}

TEST(Text, ExperimentsStandApartWithWhatTheySeparated) {
  MadeResult made;
  made.trace().exchange(refused_upgrade());
  Trace aside = made.trace().aside();
  Exchange asked = refused_upgrade();
  asked.url = "http://127.0.0.1:8080/sonde-x";
  aside.exchange(asked);
  made.trace().open(Phase::diagnose, MadeResult::at(1300));
  made.trace().experiment({"random_path", "the same upgrade at a path that does not exist",
                           "HTTP 404", MadeResult::at(1300), std::chrono::milliseconds(12)},
                          aside);
  made.trace().separated = "it is the token";
  made.failed(Step::upgrade, Reason::forbidden);
  const std::string text = as_text(made.result(), brief);
  EXPECT_THAT(text, HasSubstr("  why: 1 experiment in 12.0 ms after the run\n"
                              "    the same upgrade at a path that does not exist -> HTTP 404, "
                              "12.0 ms\n    => it is the token\n"));
  EXPECT_THAT(text, Not(HasSubstr("sonde-x")));
  EXPECT_THAT(text, Not(HasSubstr("diagnose")));
}

TEST(Text, RefusalChecksThatWereNotPerformedAreListed) {
  MadeResult made;
  made.trace().refusals = {{"no_token", RefusalNote::State::refused, ""},
                           {"expired_token", RefusalNote::State::not_performed, "none yet"}};
  EXPECT_THAT(as_text(made.result(), brief),
              HasSubstr("  refusal checks: 1 of 2 refused (no_token)\n"
                        "    not performed: expired_token, none yet\n"));
  made.trace().refusals.clear();
  EXPECT_THAT(as_text(made.result(), brief), Not(HasSubstr("refusal checks")));
}

TEST(Text, ARefusedUpgradeShowsStatusHeadersAndBody) {
  MadeResult made;
  made.trace().exchange(refused_upgrade());
  made.failed(Step::upgrade, Reason::server_error);
  const std::string text = as_text(made.result(), brief);
  EXPECT_THAT(text, HasSubstr("GET http://127.0.0.1:8080/ws -> 500, 21 B, 127.0.0.1:8080\n"));
  EXPECT_THAT(text, HasSubstr("    > Upgrade: websocket\n"));
  EXPECT_THAT(text, HasSubstr("    < Server: uvicorn\n"));
  EXPECT_THAT(text, HasSubstr("    < Internal\\x1b[31m Server Error\n"));
}

TEST(Text, NothingThatAServerSentReachesTheTerminalRaw) {
  MadeResult made("chat\x1b", "staging\x07");
  made.trace().exchange(refused_upgrade());
  made.trace().ended({EndedBy::close_frame, 1011, "bye\x1b[2J"});
  made.trace().tls({.version = "TLSv1.3\x1b", .subject = "CN=\x1b"});
  made.frame(Direction::in, "\x1b]0;title\x07", 3);
  made.event("\x1b[5m", EventState::foreign, 3);
  made.failed(Step::upgrade, Reason::server_error, "detail\x1b");
  const std::string text = as_text(made.result(), plain);
  for (const char c : text) EXPECT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7F)) << text;
}

TEST(Text, AnAnswerlessExchangeSaysSo) {
  MadeResult made;
  made.trace().exchange({.method = "GET", .url = "http://h/", .at = MadeResult::at(0)});
  EXPECT_THAT(as_text(made.result(), plain), HasSubstr("GET http://h/ -> no answer\n"));
}

TEST(Text, APassShowsHeadersAndFramesOnlyInFull) {
  MadeResult made = made_chat();
  made.trace().exchange(refused_upgrade());
  made.frame(Direction::out, "hello", 10);
  EXPECT_THAT(as_text(made.result(), plain), HasSubstr("Server: uvicorn"));
  EXPECT_THAT(as_text(made.result(), plain), HasSubstr("hello"));
  const std::string text = as_text(made.result(), brief);
  EXPECT_THAT(text, Not(HasSubstr("Server: uvicorn")));
  EXPECT_THAT(text, HasSubstr("frames: 1 sent, 0 received"));
  EXPECT_THAT(text, Not(HasSubstr("hello")));
}

TEST(Text, FramesAreBoundedAndSaySo) {
  MadeResult made;
  for (int i = 0; i < 100; ++i) made.frame(Direction::in, "frame-" + std::to_string(i) + ".", i);
  const std::string text = as_text(made.result(), plain);
  EXPECT_THAT(text, HasSubstr("... 40 frames left out"));
  EXPECT_THAT(text, HasSubstr("frame-29."));
  EXPECT_THAT(text, Not(HasSubstr("frame-30.")));
  EXPECT_THAT(text, Not(HasSubstr("frame-69.")));
  EXPECT_THAT(text, HasSubstr("frame-70."));
  EXPECT_THAT(text, HasSubstr("frame-99."));
}

TEST(Text, TheThreeAnswersAndTheEndingAreSaid) {
  MadeResult made;
  made.trace().reachable = true;
  made.trace().delivered = false;
  made.trace().ended({EndedBy::close_frame, 1011, "bye"});
  const std::string text = as_text(made.result(), plain);
  EXPECT_THAT(text, HasSubstr("reachable yes, delivered no, substantive -\n"));
  EXPECT_THAT(text, HasSubstr(" 1011 \"bye\"\n"));
}

TEST(Text, TlsFactsAndClockSkewAreSaid) {
  MadeResult made;
  made.trace().tls({.version = "TLSv1.3",
                    .cipher = "TLS_AES_256_GCM_SHA384",
                    .alpn = "http/1.1",
                    .subject = "CN=chat",
                    .issuer = "CN=ca",
                    .not_after = 1'767'323'045,
                    .host_port = "chat:443"});
  made.trace().skew = std::chrono::seconds(-3);
  const std::string text = as_text(made.result(), plain);
  EXPECT_THAT(text, HasSubstr("tls chat:443 TLSv1.3 TLS_AES_256_GCM_SHA384 http/1.1, "
                              "CN=chat by CN=ca, valid until 2026-01-02\n"));
  EXPECT_THAT(text, HasSubstr("the server's clock is 3.00 s behind\n"));
}

TEST(Text, ASkippedBeatIsAHeadlineAndItsReason) {
  MadeResult made;
  made.failed(Step::health, Reason::overlap);
  const std::string text = as_text(made.result(), plain);
  EXPECT_THAT(text, StartsWith("SKIPPED chat staging (chat)\n  health/overlap\n"));
}

TEST(Text, ColoursTheVerdictOnlyWhenAsked) {
  MadeResult made;
  EXPECT_THAT(headline(made.result(), {.colour = true}), StartsWith("\x1b[32mPASS\x1b[0m "));
  EXPECT_THAT(headline(made.result(), plain), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace sonde::report::text_test
