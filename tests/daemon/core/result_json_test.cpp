#include "daemon/core/result_json.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "probes/text/json.hpp"
#include "tests/daemon/core/made_results.hpp"

namespace sonde::result_json_test {
namespace {

text::Document parsed(const MadeResult& made) {
  auto document = text::Document::parse(as_json(made.result()));
  EXPECT_TRUE(document) << (document ? "" : document.error());
  return std::move(*document);
}

std::string text_at(const text::Document& document, std::string_view name) {
  return std::string(document.root().member(name).string().value_or("(none)"));
}

TEST(Json, IsOneLineEachResult) {
  MadeResult made = made_chat();
  made.frame(Direction::in, "two\nlines", 3);
  const std::string line = as_json(made.result());
  EXPECT_EQ(std::ranges::count(line, '\n'), 1);
  EXPECT_TRUE(line.ends_with("}\n"));
}

TEST(Json, CarriesTheContractInItsOrder) {
  MadeResult made = made_chat();
  const auto document = parsed(made);
  const std::vector<std::string_view> contract{"probe",   "kind",    "target", "verdict",
                                               "step",    "reason",  "detail", "started",
                                               "seconds", "attempt", "phases", "events"};
  const auto members = document.root().members();
  ASSERT_GE(members.size(), contract.size());
  for (std::size_t i = 0; i < contract.size(); ++i) EXPECT_EQ(members[i].first, contract[i]);
}

TEST(Json, AConcludedCauseStandsBesideTheReason) {
  MadeResult made = made_chat();
  made.failed(Step::upgrade, Reason::unauthorized).concluded(Reason::clock_skew);
  const auto document = parsed(made);
  EXPECT_EQ(text_at(document, "reason"), "unauthorized");
  EXPECT_EQ(text_at(document, "concluded"), "clock_skew");
}

TEST(Json, APassHasNoStepAndNoReason) {
  MadeResult made = made_chat();
  const auto document = parsed(made);
  EXPECT_EQ(text_at(document, "verdict"), "pass");
  EXPECT_EQ(text_at(document, "step"), "");
  EXPECT_EQ(text_at(document, "reason"), "");
  EXPECT_EQ(text_at(document, "started"), "2026-01-02T03:04:05.678Z");
  EXPECT_DOUBLE_EQ(*document.root().member("seconds").number(), 1.2);
}

TEST(Json, AFailureNamesStepAndReason) {
  MadeResult made;
  made.failed(Step::ready, Reason::no_ready, "nothing came\x1b");
  const auto document = parsed(made);
  EXPECT_EQ(text_at(document, "verdict"), "fail");
  EXPECT_EQ(text_at(document, "step"), "ready");
  EXPECT_EQ(text_at(document, "reason"), "no_ready");
  EXPECT_EQ(text_at(document, "detail"), "nothing came\x1b");
}

TEST(Json, PhasesKeepTheirOrderAndTimes) {
  MadeResult made = made_chat();
  const auto document = parsed(made);
  const text::Json phases = document.root().member("phases");
  ASSERT_EQ(phases.size(), 7U);
  EXPECT_EQ(phases.item(0).member("name").text(), "login");
  EXPECT_DOUBLE_EQ(*phases.item(0).member("seconds").number(), 0.05);
  EXPECT_EQ(phases.item(4).member("step").text(), "upgrade");
  EXPECT_DOUBLE_EQ(*phases.item(6).member("at").number(), 1.15);
}

TEST(Json, EventsHaveNameStateAndSeconds) {
  MadeResult made = made_chat();
  made.event("tool_completed", EventState::missing, 0);
  const auto document = parsed(made);
  const text::Json events = document.root().member("events");
  ASSERT_EQ(events.size(), 3U);
  EXPECT_DOUBLE_EQ(*events.item(1).member("seconds").number(), 1.0);
  EXPECT_EQ(events.item(2).member("state").text(), "missing");
  EXPECT_DOUBLE_EQ(*events.item(2).member("seconds").number(), 0.0);
}

TEST(Json, AnswersAndSkewAreThereOnlyWhenTheRunCameSoFar) {
  MadeResult made;
  EXPECT_FALSE(parsed(made).root().member("delivered"));
  EXPECT_FALSE(parsed(made).root().member("skew_seconds"));
  made.trace().delivered = false;
  made.trace().skew = std::chrono::milliseconds(-250);
  EXPECT_EQ(parsed(made).root().member("delivered").boolean(), false);
  EXPECT_DOUBLE_EQ(*parsed(made).root().member("skew_seconds").number(), -0.25);
}

TEST(Json, CarriesWhatWentOverTheWire) {
  MadeResult made;
  Trace& trace = made.trace();
  trace.exchange({.method = "POST",
                  .url = "http://h/login",
                  .status = 200,
                  .received = {{"Content-Type", "text/\"plain\""}},
                  .body = "ok",
                  .body_bytes = 2,
                  .at = MadeResult::at(7)});
  trace.tls({.version = "TLSv1.3", .not_after = 12, .host_port = "h:443"});
  made.frame(Direction::out, "{\"q\":1}", 9);
  trace.remark("why");
  trace.ended({EndedBy::fin, 0, ""});
  const auto document = parsed(made);
  const text::Json exchange = document.root().member("exchanges").item(0);
  EXPECT_EQ(exchange.member("received").item(0).member("value").text(), "text/\"plain\"");
  EXPECT_DOUBLE_EQ(*exchange.member("at").number(), 0.007);
  EXPECT_EQ(document.root().member("tls").item(0).member("not_after").text(), "12");
  const text::Json frame = document.root().member("frames").item(0);
  EXPECT_EQ(frame.member("direction").text(), "out");
  EXPECT_EQ(frame.member("text").text(), "{\"q\":1}");
  EXPECT_EQ(frame.member("remark").text(), "why");
  EXPECT_EQ(document.root().member("ending").member("by").text(), "fin");
}

TEST(Json, ExperimentsStandWithTheirAnswersAndExchanges) {
  MadeResult made;
  Trace aside = made.trace().aside();
  aside.exchange({.method = "GET", .url = "ws://h/sonde-x", .status = 404});
  made.trace().experiment({"random_path", "a path that does not exist", "HTTP 404",
                           MadeResult::at(1300), std::chrono::milliseconds(12)},
                          aside);
  made.trace().separated = "it is the token";
  const auto document = parsed(made);
  const text::Json experiment = document.root().member("experiments").item(0);
  EXPECT_EQ(experiment.member("name").text(), "random_path");
  EXPECT_EQ(experiment.member("answer").text(), "HTTP 404");
  EXPECT_DOUBLE_EQ(*experiment.member("at").number(), 1.3);
  EXPECT_EQ(document.root().member("exchanges").item(0).member("experiment").text(), "random_path");
  EXPECT_EQ(text_at(document, "separated"), "it is the token");
}

TEST(Json, RefusalChecksSayWhatCameOfThem) {
  MadeResult made;
  made.trace().refusals = {{"no_token", RefusalNote::State::refused, ""},
                           {"expired_token", RefusalNote::State::not_performed, "none yet"}};
  const auto document = parsed(made);
  const text::Json refusals = document.root().member("refusals");
  EXPECT_EQ(refusals.item(0).member("state").text(), "refused");
  EXPECT_EQ(refusals.item(1).member("check").text(), "expired_token");
  EXPECT_EQ(refusals.item(1).member("state").text(), "not_performed");
  EXPECT_EQ(refusals.item(1).member("why").text(), "none yet");
}

TEST(Json, HostileBytesStayInsideTheirString) {
  MadeResult made;
  made.frame(Direction::in, "\"},\xFF\x01{\"verdict\":\"pass\"", 1);
  made.failed(Step::events, Reason::malformed);
  EXPECT_EQ(text_at(parsed(made), "verdict"), "fail");
}

}  // namespace
}  // namespace sonde::result_json_test
