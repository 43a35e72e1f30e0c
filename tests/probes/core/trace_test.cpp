#include "probes/core/trace.hpp"

#include <gmock/gmock.h>

namespace sonde::trace_test {
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

// Ends the record, as the maker of a Result does; gives the detail as it is shown.
std::string end(Trace& trace, std::string detail = "") {
  trace.redact(detail);
  return detail;
}

TEST(Hidden, ASecretIsRedactedWheneverItBecomesKnown) {
  Trace trace(start);
  trace.exchange(exchange_of("it is s3cret", {{"X-Said", "s3cret"}}));
  trace.frame(Direction::in, "text", "s3cret again", start);
  trace.hide("s3cret");
  trace.frame(Direction::in, "text", "and s3cret", start);
  EXPECT_EQ(end(trace, "no s3cret"), "no <redacted>");
  EXPECT_EQ(trace.exchanges()[0].body, "it is <redacted>");
  EXPECT_EQ(trace.exchanges()[0].received[0].second, "<redacted>");
  EXPECT_EQ(trace.frames()[0].text, "<redacted> again");
  EXPECT_EQ(trace.frames()[1].text, "and <redacted>");
}

TEST(Hidden, EveryTextIsRedacted) {
  const std::string s = "0123456789abcdef";
  Trace trace(start);
  trace.hide(s);
  trace.exchange({.method = "GET",
                  .url = "https://h/" + s,
                  .sent = {{"X-" + s, s}},
                  .sent_body = s,
                  .received = {{"X-" + s, s}},
                  .body = s,
                  .peer = s});
  trace.frame(Direction::in, "text", s, start);
  trace.remark("said " + s);
  trace.frame(Direction::in, "binary", "\x01" + s, start, true);
  trace.event({.name = s, .state = EventState::received});
  trace.tls(
      {.alpn = s, .subject = "CN=" + s, .issuer = "CN=" + s, .host_port = s + ".example:443"});
  trace.peer(s);
  trace.ended({.by = EndedBy::close_frame, .code = 1011, .reason = "no " + s});
  trace.separated = "because of " + s;
  trace.experiment({.name = "again", .question = "?", .answer = s}, Trace(start));
  EXPECT_EQ(end(trace, "detail " + s), "detail <redacted>");
  const Exchange& exchange = trace.exchanges()[0];
  EXPECT_EQ(exchange.url, "https://h/<redacted>");
  for (const Headers* headers : {&exchange.sent, &exchange.received})
    EXPECT_THAT(*headers,
                ElementsAre(std::pair<std::string, std::string>("X-<redacted>", "<redacted>")));
  for (const std::string& text :
       {exchange.sent_body, exchange.body, exchange.peer, trace.frames()[0].text,
        trace.events()[0].name, trace.tls_facts()[0].alpn, trace.peer(),
        trace.experiments()[0].answer})
    EXPECT_EQ(text, "<redacted>");
  EXPECT_EQ(trace.frames()[0].remark, "said <redacted>");
  EXPECT_EQ(trace.frames()[1].text, "01<redacted>");
  EXPECT_EQ(trace.tls_facts()[0].subject, "CN=<redacted>");
  EXPECT_EQ(trace.tls_facts()[0].issuer, "CN=<redacted>");
  EXPECT_EQ(trace.tls_facts()[0].host_port, "<redacted>.example:443");
  EXPECT_EQ(trace.ending().reason, "no <redacted>");
  EXPECT_EQ(trace.separated, "because of <redacted>");
}

TEST(Hidden, ShortSecretsWouldRedactHalfOfEveryText) {
  Trace trace(start);
  trace.hide("abc");
  EXPECT_EQ(trace.scrub("abc"), "abc");
}

// Whether it was known before or after, and however it was written.
TEST(Hidden, ASecretThatABoundCutsIsSeenWhole) {
  const std::string secret = "0123456789abcdef";
  for (const std::string& written :
       {secret, std::string("MDEyMzQ1Njc4OWFiY2RlZg=="),
        std::string(R"(\u0030\u0031\u0032\u0033\u0034\u0035\u0036\u0037\u0038\u0039abcdef)")})
    for (const bool before : {true, false})
      for (std::size_t at = 4060; at < 4100; ++at) {
        Trace trace(start);
        if (before) trace.hide(secret);
        trace.exchange(exchange_of(std::string(at, '.') + written));
        trace.frame(Direction::in, "text", std::string(at, '.') + written, start);
        if (!before) trace.hide(secret);
        end(trace);
        for (const std::string& shown : {trace.exchanges()[0].body, trace.frames()[0].text}) {
          EXPECT_THAT(shown, Not(HasSubstr(written.substr(0, 4)))) << at;
          EXPECT_LE(shown.size(), 4096U);
        }
      }
}

TEST(Hidden, ASecretInABinaryFrameThatTheBoundCutsIsSeenWhole) {
  for (std::size_t at = 2020; at < 2050; ++at) {
    Trace trace(start);
    trace.hide("0123456789abcdef");
    trace.frame(Direction::in, "binary", std::string(at, '\xff') + "0123456789abcdef", start, true);
    end(trace);
    EXPECT_THAT(trace.frames()[0].text, Not(HasSubstr("3031"))) << at;
    EXPECT_LE(trace.frames()[0].text.size(), 4096U);
  }
}

TEST(Hidden, ASecretInAHeaderThatTheBoundCutsIsSeenWhole) {
  Trace trace(start);
  trace.exchange(exchange_of("", {{"X-Long", std::string(1020, '.') + "0123456789abcdef"},
                                  {std::string(1020, 'x') + "0123456789abcdef", "y"}}));
  trace.hide("0123456789abcdef");
  end(trace);
  EXPECT_THAT(trace.exchanges()[0].received[0].second, Not(HasSubstr("0123")));
  EXPECT_THAT(trace.exchanges()[0].received[1].first, Not(HasSubstr("0123")));
}

TEST(Hidden, ASecretOverTwoMessagesIsHiddenInBoth) {
  Trace trace(start);
  trace.frame(Direction::in, "text", "it is 0123456789abcdef", start);
  trace.frame(Direction::in, "text", "ghijklmnopqrstuv, it was", start);
  trace.hide("0123456789abcdefghijklmnopqrstuv");
  end(trace);
  EXPECT_EQ(trace.frames()[0].text, "it is <redacted>");
  EXPECT_EQ(trace.frames()[1].text, "<redacted>, it was");
}

TEST(Hidden, WithMoreSecretsThanCanBeHiddenNoTextIsShown) {
  Trace trace(start);
  Headers cookies;
  for (int i = 0; i < 60; ++i)
    cookies.emplace_back("Set-Cookie", "c=" + std::to_string(i) + std::string(4000, 'x'));
  trace.exchange(exchange_of("said", cookies));
  EXPECT_EQ(end(trace, "why"), "<withheld>");
  EXPECT_EQ(trace.exchanges()[0].body, "<withheld>");
}

TEST(Hidden, WhatAnotherSessionHidIsHiddenHereToo) {
  Trace trace(start), other(start), aside(start);
  other.hide("s3cret-of-bob");
  aside.hide("s3cret-of-eve");
  trace.frame(Direction::in, "text", "s3cret-of-bob, s3cret-of-eve", start);
  trace.absorb(std::move(other), "bob");
  trace.hide_too(aside);
  end(trace);
  EXPECT_EQ(trace.frames()[0].text, "<redacted>, <redacted>");
}

TEST(Hidden, ADetailIsCutAfterItIsRedacted) {
  for (std::size_t at = 2020; at < 2060; ++at) {
    Trace trace(start);
    trace.hide("0123456789abcdef");
    const std::string shown = end(trace, std::string(at, '.') + "0123456789abcdef");
    EXPECT_THAT(shown, Not(HasSubstr("0123")));
    EXPECT_LE(shown.size(), 2051U);
  }
}

TEST(Record, IsBoundedAsAWhole) {
  Trace trace(start, 10'000);
  for (int i = 0; i < 100; ++i) {
    trace.exchange(exchange_of(std::string(3000, 'x'), {{"A", std::string(500, 'y')}}));
    trace.frame(Direction::in, "text", std::string(3000, 'z'), start);
  }
  end(trace);
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
  end(trace);
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
}  // namespace sonde::trace_test
