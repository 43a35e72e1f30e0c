#include "probes/trace.hpp"

#include <gmock/gmock.h>

namespace sonde {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const Instant start = Instant{} + 1h;

std::vector<std::string> shown(const Trace& trace) {
  std::vector<std::string> all;
  for (const auto& span : trace.phases())
    all.push_back(std::string(name(span.step)) + " " + std::string(name(span.phase)) + " " +
                  (span.took ? std::to_string(*span.took / 1ms) : "lasts"));
  return all;
}

TEST(Phases, OneFinePhaseEndsTheOther) {
  Trace trace(start);
  trace.enter(Phase::resolve, start);
  trace.enter(Phase::connect, start + 2ms);
  trace.leave(start + 5ms);
  EXPECT_THAT(shown(trace), ElementsAre("health resolve 2", "health connect 3"));
  EXPECT_FALSE(trace.phase());
}

TEST(Phases, AnEnclosingOneHoldsFineOnes) {
  Trace trace(start);
  trace.at(Step::login);
  trace.open(Phase::login, start);
  trace.enter(Phase::connect, start + 1ms);
  trace.enter(Phase::request, start + 2ms);
  EXPECT_EQ(trace.phase(), Phase::request);
  trace.close(Phase::login, start + 10ms);
  EXPECT_THAT(shown(trace), ElementsAre("login login 10", "login connect 1", "login request 8"));
}

TEST(Phases, TheInnermostThatLastsIsTheRunningOne) {
  Trace trace(start);
  EXPECT_FALSE(trace.phase());
  trace.open(Phase::refuse, start);
  trace.open(Phase::upgrade, start);
  EXPECT_EQ(trace.phase(), Phase::upgrade);
  trace.enter(Phase::tls, start);
  EXPECT_EQ(trace.phase(), Phase::tls);
  trace.leave(start);
  EXPECT_EQ(trace.phase(), Phase::upgrade);
}

TEST(Phases, ClosingAnOuterOneClosesTheInner) {
  Trace trace(start);
  trace.open(Phase::refuse, start);
  trace.open(Phase::upgrade, start + 1ms);
  trace.close(Phase::refuse, start + 4ms);
  EXPECT_THAT(shown(trace), ElementsAre("health refuse 4", "health upgrade 3"));
}

TEST(Phases, FinishEndsWhateverLasts) {
  Trace trace(start);
  trace.open(Phase::upgrade, start);
  trace.enter(Phase::tls, start + 1ms);
  trace.finish(start + 7ms);
  EXPECT_THAT(shown(trace), ElementsAre("health upgrade 7", "health tls 6"));
  trace.finish(start + 99ms);
  EXPECT_THAT(shown(trace), ElementsAre("health upgrade 7", "health tls 6"));
}

Exchange exchange_of(std::string body, Headers received = {}) {
  return {.method = "GET", .url = "/", .received = std::move(received), .body = std::move(body)};
}

TEST(Hidden, ASecretIsRedactedAlsoInWhatWasRecordedBefore) {
  Trace trace(start);
  trace.exchange(exchange_of("it is s3cret", {{"X-Said", "s3cret"}}));
  trace.frame(Direction::in, "text", "s3cret again", start);
  trace.hide("s3cret");
  trace.frame(Direction::in, "text", "and s3cret", start);
  EXPECT_EQ(trace.exchanges()[0].body, "it is <redacted>");
  EXPECT_EQ(trace.exchanges()[0].received[0].second, "<redacted>");
  EXPECT_EQ(trace.frames()[0].text, "<redacted> again");
  EXPECT_EQ(trace.frames()[1].text, "and <redacted>");
}

TEST(Hidden, ASecretIsRedactedInRemarksAndReasonsThatWereRecordedBefore) {
  Trace trace(start);
  trace.frame(Direction::in, "text", "x", start);
  trace.remark("said s3cret");
  trace.ended({.by = EndedBy::close_frame, .code = 1011, .reason = "no s3cret"});
  trace.hide("s3cret");
  EXPECT_EQ(trace.frames()[0].remark, "said <redacted>");
  EXPECT_EQ(trace.ending().reason, "no <redacted>");
}

TEST(Hidden, ShortSecretsWouldRedactHalfOfEveryText) {
  Trace trace(start);
  trace.hide("abc");
  EXPECT_EQ(trace.scrub("abc"), "abc");
}

TEST(Hidden, TheLongerOfTwoFormsGoesFirst) {
  Trace trace(start);
  trace.hide("abcd");
  trace.hide("abcd==");
  EXPECT_EQ(trace.scrub("abcd=="), "<redacted>");
}

TEST(Hidden, ASecretThatTheBoundCutsIsSeenWhole) {
  const std::string secret = "0123456789abcdef";
  for (std::size_t before = 4080; before < 4100; ++before) {
    Trace trace(start);
    trace.hide(secret);
    trace.exchange(exchange_of(std::string(before, '.') + secret));
    EXPECT_THAT(trace.exchanges()[0].body, Not(HasSubstr("0123")));
    EXPECT_LE(trace.exchanges()[0].body.size(), 4096U);
  }
}

TEST(Hidden, ASecretInAHeaderThatTheBoundCutsIsSeenWhole) {
  Trace trace(start);
  trace.hide("0123456789abcdef");
  trace.exchange(exchange_of("", {{"X-Long", std::string(1020, '.') + "0123456789abcdef"}}));
  EXPECT_THAT(trace.exchanges()[0].received[0].second, Not(HasSubstr("0123")));
}

TEST(Record, IsBoundedAsAWhole) {
  Trace trace(start, 10'000);
  for (int i = 0; i < 100; ++i) {
    trace.exchange(exchange_of(std::string(3000, 'x'), {{"A", std::string(500, 'y')}}));
    trace.frame(Direction::in, "text", std::string(3000, 'z'), start);
  }
  std::size_t bytes = 0;
  for (const auto& exchange : trace.exchanges())
    bytes +=
        exchange.body.size() + (exchange.received.empty() ? 0 : exchange.received[0].second.size());
  for (const auto& frame : trace.frames()) bytes += frame.text.size();
  EXPECT_LE(bytes, 10'000U);
}

TEST(Record, ManyEmptyFramesAreBoundedToo) {
  Trace trace(start, 1000);
  for (int i = 0; i < 10'000; ++i) trace.frame(Direction::in, "ping", "", start);
  EXPECT_LE(trace.frames().size(), 2000U);
}

TEST(Record, SensitiveHeadersAreRedactedWhateverTheyHold) {
  Trace trace(start);
  trace.exchange({.method = "GET",
                  .sent = {{"Authorization", "Bearer abc"}, {"X-Other", "abc"}},
                  .received = {{"Set-Cookie", "sid=1; HttpOnly"}}});
  EXPECT_EQ(trace.exchanges()[0].sent[0].second, "Bearer <redacted>");
  EXPECT_EQ(trace.exchanges()[0].sent[1].second, "abc");
  EXPECT_EQ(trace.exchanges()[0].received[0].second, "<redacted>");
}

TEST(Record, TheFirstRemarkOfAFrameStays) {
  Trace trace(start);
  trace.remark("of no frame");
  trace.frame(Direction::in, "text", "x", start);
  trace.remark("first");
  trace.remark("second");
  EXPECT_EQ(trace.frames()[0].remark, "first");
}

TEST(Auth, AnAttemptThatDidNotSucceedFailed) {
  Trace trace(start);
  trace.auth_begun(Step::login);
  trace.auth_begun(Step::upgrade);
  trace.auth_succeeded(Step::login);
  ASSERT_EQ(trace.auth().size(), 2U);
  EXPECT_TRUE(trace.auth()[0].succeeded);
  EXPECT_FALSE(trace.auth()[1].succeeded);
}

}  // namespace
}  // namespace sonde
