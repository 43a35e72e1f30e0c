#include "probes/dialect/listener.hpp"

#include <gmock/gmock.h>

#include "config/load.hpp"
#include "probes/core/deadline.hpp"
#include "probes/dialect/steps.hpp"
#include "tests/probes/net/http/http_fixture.hpp"
#include "tests/support/ws_server.hpp"

namespace sonde::dialect::listener_test {
namespace {

using namespace std::chrono_literals;
using How = Arrival::How;
using test::Script;
using test::Server;

Dialect dialect_of(std::string_view yaml) {
  Dialect dialect;
  config::Mistakes mistakes;
  const auto value = config::parse(yaml, "d.yaml", mistakes);
  config::Codec<Dialect>::read(*value, config::Reader(mistakes), {}, dialect);
  for (const auto& mistake : mistakes.sorted()) ADD_FAILURE() << show(mistake);
  return dialect;
}

class Listening : public net::OnLoop {
 protected:
  // Listens to a server that does this once the session is open.
  void open(const std::string& yaml, Script script) {
    script.insert(script.begin(), test::accept());
    server = std::make_unique<Server>(std::move(script));
    dialect = std::make_unique<Dialect>(dialect_of(yaml));
    const net::UpgradeRequest asked{
        .url = url_of(server->url("/", "ws")), .headers = {}, .subprotocols = {}};
    net::Upgraded upgraded = run(net::upgrade(network, asked, line, trace));
    ASSERT_TRUE(upgraded.session) << upgraded.answer.failure.detail;
    session = std::make_unique<net::Websocket>(std::move(*upgraded.session));
    listener = std::make_unique<Listener>(*session, *dialect, names, trace);
  }
  Arrival next(Span span = 5s) { return run(listener->next(Clock::now() + span, Step::events)); }
  std::string type() {
    const auto arrival = next();
    return arrival.frame ? std::string(arrival.frame->type) : "none";
  }
  std::optional<Failure> steps(Step at) { return run(take_steps(*listener, dialect->steps, at)); }
  std::string heard() const {
    std::string all;
    for (const auto& frame : server->frames())
      if (frame.opcode == test::op_text) all += frame.payload + ";";
    return all;
  }

  text::Names names;
  std::unique_ptr<Server> server;
  std::unique_ptr<Dialect> dialect;
  std::unique_ptr<net::Websocket> session;
  std::unique_ptr<Listener> listener;
};

TEST_F(Listening, GivesTheFramesOfAMessageOneByOneAndThenItsFailure) {
  open("{ type: /t, frame: { split: ';' } }",
       {test::text(R"({"t":"a"};{"t":"b"};oops;{"t":"c"})"), test::hang()});
  EXPECT_EQ(type(), "a");
  EXPECT_EQ(type(), "b");
  const auto failed = next();
  EXPECT_EQ(failed.how, How::failed);
  EXPECT_EQ(failed.failure->reason, Reason::malformed);
  EXPECT_EQ(next(10ms).how, How::silence);
}

TEST_F(Listening, RepliesToWhatARuleIsForBeforeItGoesOn) {
  open("{ type: /t, rules: { when: { type: ping }, reply: \"pong {{frame/n}}\" } }",
       {test::text(R"({"t":"ping","n":7})"), test::expect(test::op_text),
        test::text(R"({"t":"a"})"), test::hang()});
  EXPECT_EQ(type(), "a");
  EXPECT_EQ(heard(), "pong 7;");
}

TEST_F(Listening, SendsWhatIsTimedForAsLongAsItListens) {
  open("{ type: /t, timed: { every: 20ms, send: \"beat {{counter()}}\" } }",
       {test::expect(test::op_text), test::expect(test::op_text), test::text(R"({"t":"a"})"),
        test::hang()});
  EXPECT_EQ(type(), "a");
  EXPECT_EQ(heard(), "beat 1;beat 2;");
}

TEST(Beats, CountFromTheStartOfTheSessionWhicheverPhaseItIsIn) {
  const Instant begun = Instant{} + 1h;
  EXPECT_EQ(next_beat(begun, 25s, begun), begun + 25s);
  EXPECT_EQ(next_beat(begun, 25s, begun + 24s), begun + 25s);
  EXPECT_EQ(next_beat(begun, 25s, begun + 25s), begun + 50s);
  EXPECT_EQ(next_beat(begun, 25s, begun + 80s), begun + 100s) << "those missed are not made up for";
}

TEST_F(Listening, KnowsSilenceFromTheEndAndFromACut) {
  open("type: /t", {test::pause(100ms), test::close(1001)});
  EXPECT_EQ(next(10ms).how, How::silence);
  EXPECT_EQ(next().how, How::ended);
}

TEST_F(Listening, HearsBinaryMessagesAsHexAndSendsThem) {
  open("{ type: /text, frame: { codec: hex }, send: \"00 ff\" }",
       {test::expect(test::op_binary), test::binary("\x01\xff"), test::hang()});
  EXPECT_TRUE(run(listener->say(dialect->send)));
  EXPECT_EQ(type(), "01ff");
  EXPECT_EQ(server->frames(1).at(0).payload, std::string("\0\xff", 2));
}

TEST_F(Listening, CannotSendWhatIsNoHexOrHasUnknownNames) {
  open(
      "{ type: /t, frame: { codec: hex }, send: \"{{vars.x}}\", rules: { when: { type: x }, "
      "capture: { x: /x } } }",
      {test::hang()});
  EXPECT_EQ(run(listener->say(dialect->send)).error().detail, "nothing is known of 'vars.x'");
  names.set("vars.x", "xyz");
  EXPECT_EQ(run(listener->say(dialect->send)).error().reason, Reason::own_request);
}

constexpr const char* two_steps = R"({ type: /t, steps: [ { send: hello, expect: { type: welcome,
    within: 100ms, capture: { id: /id } } }, { send: "i am {{vars.id}}" } ] })";

TEST_F(Listening, TakesStepsThatWaitForTheirAcknowledgement) {
  open(two_steps, {test::expect(test::op_text), test::text(R"({"t":"other"})"),
                   test::text(R"({"t":"welcome","id":5})"), test::expect(test::op_text),
                   test::text(R"({"t":"a"})"), test::hang()});
  EXPECT_FALSE(steps(Step::ready));
  EXPECT_EQ(type(), "a");
  EXPECT_EQ(heard(), "hello;i am 5;");
}

TEST_F(Listening, SaysAtItsStepWhatWasNotAcknowledged) {
  open(two_steps, {test::text(R"({"t":"other"})"), test::hang()});
  const auto failed = steps(Step::ready);
  EXPECT_EQ(failed->reason, Reason::no_ready);
  EXPECT_EQ(failed->detail, "no welcome within 0.100 s; 1 other messages came");
  EXPECT_EQ(steps(Step::events)->reason, Reason::timeout);
}

TEST_F(Listening, SaysHowTheSessionEndedInAStep) {
  open(two_steps, {test::expect(test::op_text), test::close(4401, "who?"), test::hang()});
  EXPECT_EQ(steps(Step::ready)->reason, Reason::auth_rejected_after_accept);
  open(two_steps, {test::expect(test::op_text), test::fin()});
  EXPECT_EQ(steps(Step::events)->reason, Reason::closed_midstream);
}

}  // namespace
}  // namespace sonde::dialect::listener_test
