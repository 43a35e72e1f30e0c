#include <gmock/gmock.h>

#include <algorithm>

#include "config/load.hpp"
#include "probes/core/reason.hpp"
#include "probes/dialect/frame.hpp"
#include "probes/dialect/listener.hpp"
#include "tests/probes/net/http/http_fixture.hpp"
#include "tests/support/ws_server.hpp"

// Several events in one message, ids that are numbers, and what a rule's reason means where it is.
namespace sonde::dialect::items_test {
namespace {

using testing::ElementsAre;

Dialect dialect_of(std::string_view yaml) {
  Dialect dialect;
  config::Mistakes mistakes;
  const auto value = config::parse(yaml, "d.yaml", mistakes);
  config::Codec<Dialect>::read(*value, config::Reader(mistakes), {}, dialect);
  for (const auto& mistake : mistakes.sorted()) ADD_FAILURE() << show(mistake);
  return dialect;
}

class Items : public net::OnLoop {
 protected:
  // The types of what comes in one message, and its failure.
  std::vector<std::string> heard(const std::string& yaml, const std::string& message) {
    test::Server server(test::Script{test::accept(), test::text(message), test::fin()});
    const Dialect dialect = dialect_of(yaml);
    const net::UpgradeRequest asked{
        .url = url_of(server.url("/", "ws")), .headers = {}, .subprotocols = {}};
    net::Upgraded upgraded = run(net::upgrade(network, asked, line, trace));
    text::Names names;
    Listener listener(*upgraded.session, dialect, names, trace);
    std::vector<std::string> types;
    while (true) {
      const auto arrival = run(listener.next(Clock::now() + std::chrono::seconds(5), Step::events));
      if (arrival.how == Arrival::How::frame)
        types.emplace_back(arrival.frame->type);
      else if (arrival.how == Arrival::How::failed)
        types.push_back(std::string(name(arrival.failure->reason)));
      else
        return types;
    }
  }
};

TEST_F(Items, OfAListAreFramesInTheirOrder) {
  const std::string whole = R"({ type: /t, frame: { each: "" } })";
  EXPECT_THAT(heard(whole, R"([{"t":"a"},{"t":"b"},{"t":"c"}])"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(heard(whole, R"({"t":"alone"})"), ElementsAre("alone"));
  EXPECT_THAT(heard(whole, "[]"), ElementsAre());
  const std::string inside = R"({ type: /t, frame: { each: /events } })";
  EXPECT_THAT(heard(inside, R"({"events":[{"t":"a"},{"t":"b"}]})"), ElementsAre("a", "b"));
  EXPECT_THAT(heard(inside, R"({"t":"ping"})"), ElementsAre("ping"));
}

// SockJS: o, h, a[...] and c[...].
TEST_F(Items, MayBeTextsWithJsonInThem) {
  const std::string sockjs = R"(
frame:
  codec: text
  patterns: [{ match: '^o$', type: open }, { match: '^h$', type: beat }, '^a(?P<messages>\[.*\])$']
  json: [/messages]
  each: /messages
type: [/t, /type]
)";
  EXPECT_THAT(heard(sockjs, R"(a["{\"t\":\"m1\"}","{\"t\":\"m2\"}"])"), ElementsAre("m1", "m2"));
  EXPECT_THAT(heard(sockjs, "o"), ElementsAre("open"));
  EXPECT_THAT(heard(sockjs, "h"), ElementsAre("beat"));
}

TEST_F(Items, ThatAreNoFrameFailBehindThoseBefore) {
  EXPECT_THAT(heard(R"({ type: /t, frame: { each: "" } })", R"([{"t":"a"},"{oops",{"t":"b"}])"),
              ElementsAre("a", "malformed"));
}

TEST_F(Items, HaveABound) {
  const std::string yaml = R"({ type: /t, frame: { each: "" } })";
  std::string list = "[0";
  for (int i = 1; i < 1000; ++i) list += ",0";
  EXPECT_EQ(heard(yaml, list + "]").size(), 1000U);
  EXPECT_THAT(heard(yaml, list + ",0]"), ElementsAre("too_many_frames"));
}

TEST_F(Items, MeetTheRulesOfTheDialectEach) {
  EXPECT_THAT(
      heard(R"({ type: /t, frame: { each: "" }, rules: [{ when: { type: ping }, ignore: true },
                       { when: { type: no }, fail: agent_error }] })",
            R"([{"t":"ping"},{"t":"a"},{"t":"no"},{"t":"b"}])"),
      ElementsAre("a", "agent_error"));
}

std::string id_of(std::string_view id) {
  const Dialect dialect = dialect_of("{ type: /t, event_id: [/id, /n] }");
  const auto frame = decode(dialect, R"({"t":"a","id":)" + std::string(id) + "}");
  return std::string(frame->event_id);
}

TEST(EventId, MayBeANumberAsItIsWritten) {
  EXPECT_EQ(id_of("5"), "5");
  EXPECT_EQ(id_of("0"), "0");
  EXPECT_EQ(id_of("-3"), "-3");
  EXPECT_EQ(id_of("\"x5\""), "x5");
  EXPECT_EQ(id_of("9007199254740992"), "9007199254740992");
  EXPECT_EQ(id_of("9007199254740993"), "9007199254740993");
  EXPECT_EQ(id_of("18446744073709551615"), "18446744073709551615");
  EXPECT_EQ(id_of("null"), "");
  EXPECT_EQ(id_of("{}"), "");
}

// Every reason that `fail:` of a rule may name, at every step at which rules are obeyed.
TEST(RuleReason, IsOneThatARunCanHaveWhereItIs) {
  for (const Step named_at : {Step::ready, Step::events})
    for (const Reason named : reasons_at(named_at))
      for (const Step step : {Step::ready, Step::events, Step::hold}) {
        const Reason reason = reason_at(named, step);
        EXPECT_EQ(std::ranges::count(reasons_at(step), reason), 1)
            << name(named) << " at " << name(step) << " is " << name(reason);
      }
}

TEST(RuleReason, HasACounterpartAtOtherSteps) {
  using enum Reason;
  for (const Reason ended : {closed_after_accept, abrupt_close_after_accept, closed_midstream,
                             restarting, try_later, server_error_after_accept}) {
    EXPECT_EQ(name(reason_at(ended, Step::events)), "closed_midstream") << name(ended);
    EXPECT_EQ(reason_at(ended, Step::hold), ended == restarting ? restarting : hold_expired);
  }
  EXPECT_EQ(reason_at(closed_midstream, Step::ready), closed_after_accept);
  EXPECT_EQ(reason_at(restarting, Step::ready), restarting);
  EXPECT_EQ(reason_at(auth_rejected_after_accept, Step::ready), auth_rejected_after_accept);
  EXPECT_EQ(reason_at(auth_rejected_after_accept, Step::events), agent_error);
  EXPECT_EQ(reason_at(auth_rejected_after_accept, Step::hold), hold_expired);
  EXPECT_EQ(reason_at(agent_error, Step::ready), bad_ready);
  EXPECT_EQ(reason_at(malformed, Step::hold), malformed);
}

}  // namespace
}  // namespace sonde::dialect::items_test
