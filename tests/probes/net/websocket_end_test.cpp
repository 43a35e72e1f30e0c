#include "tests/probes/net/websocket_fixture.hpp"

namespace sonde::net {
namespace {

TEST_F(WebsocketSession, ACloseFrameTellsCodeAndReason) {
  const Ending ending =
      ending_after({test::accept(), test::close(4401, "bad token"), test::hang()});
  EXPECT_EQ(ending.by, EndedBy::close_frame);
  EXPECT_EQ(ending.code, 4401);
  EXPECT_EQ(ending.reason, "bad token");
}

TEST_F(WebsocketSession, ACloseFrameWithoutCodeHasNone) {
  const Ending ending =
      ending_after({test::accept(), test::send(test::frame(test::op_close, "")), test::hang()});
  EXPECT_EQ(ending.by, EndedBy::close_frame);
  EXPECT_EQ(ending.code, 0);
}

TEST_F(WebsocketSession, ACloseFrameIsAnswered) {
  Server server(
      Script{test::accept(), test::close(1001), test::expect(test::op_close), test::hang()});
  Websocket session = open(server);
  wait_for_end(session);
  EXPECT_EQ(server.frames(1).at(0).opcode, test::op_close);
}

TEST_F(WebsocketSession, FinAndRstAreToldApart) {
  EXPECT_EQ(ending_after({test::accept(), test::fin()}).by, EndedBy::fin);
  EXPECT_EQ(ending_after({test::accept(), test::pause(20ms), test::rst()}).by, EndedBy::rst);
  EXPECT_EQ(ending_after({test::accept(), test::send("\x81\x7f"), test::fin()}).by, EndedBy::fin);
}

TEST_F(WebsocketSession, TheEndComesAfterTheMessagesBeforeIt) {
  Server server(
      Script{test::accept(), test::text("last words"), test::close(1011, "oops"), test::hang()});
  Websocket session = open(server);
  EXPECT_FALSE(run(session.ping(Clock::now() + 50ms)));
  EXPECT_FALSE(session.ended()) << "a message waits";
  EXPECT_EQ(text_from(session), "last words");
  wait_for_end(session);
  EXPECT_EQ(session.ended()->code, 1011);
}

TEST_F(WebsocketSession, WeCloseWithAHandshake) {
  Server server(Script{test::accept(), test::on_message(shout)});
  Websocket session = open(server);
  shut(session, 1000, 5s);
  ASSERT_TRUE(session.ended());
  EXPECT_EQ(session.ended()->by, EndedBy::us);
  EXPECT_EQ(session.ended()->code, 1000);
  EXPECT_EQ(server.frames().at(0).payload, std::string("\x03\xe8"));
}

TEST_F(WebsocketSession, AServerThatNeverClosesIsNotWaitedFor) {
  Server server(Script{test::accept(), test::endless(test::frame(test::op_text, "more"))});
  line.limits.frames = 1'000'000;
  Websocket session = open(server);
  const Instant before = Clock::now();
  shut(session, 1000, 50ms);
  EXPECT_LT(Clock::now() - before, 2s);
  EXPECT_EQ(run(session.ping(Clock::now() + 1s)), std::nullopt);
}

TEST_F(WebsocketSession, AfterTheEndNothingIsSent) {
  Server server(Script{test::accept(), test::fin()});
  Websocket session = open(server);
  wait_for_end(session);
  EXPECT_FALSE(sent(session, "hello?"));
}

TEST_F(WebsocketSession, AfterOurCloseNothingIsSent) {
  Server server(Script{test::accept(), test::hang()});
  Websocket session = open(server);
  shut(session, 1000, 10ms);
  EXPECT_FALSE(sent(session, "one more"));
  EXPECT_FALSE(run(session.ping(Clock::now() + 10ms)));
}

TEST_F(WebsocketSession, DroppingASessionEndsTheConnection) {
  Server server(Script{test::accept(), test::hang(), test::text("unreached")});
  {
    Websocket session = open(server);
  }
  Websocket other = open(server);
  Websocket moved = std::move(other);
  moved = open(server);
  EXPECT_FALSE(moved.ended());
  EXPECT_EQ(server.connections(), 3);
}

TEST_F(WebsocketSession, ALoopThatGoesAwayTakesItsSessionsAlong) {
  Server server(Script{test::accept(), test::hang()});
  std::optional<Websocket> session;
  {
    boost::asio::io_context brief{1};
    Network there{brief.get_executor()};
    struct Open {
      static boost::asio::awaitable<void> make(Network& network, UpgradeRequest asked,
                                               const Line& line, Trace& trace) {
        auto upgraded = co_await upgrade(network, asked, line, trace);
        co_await upgraded.session->receive(Clock::now() + 1h);
      }
    };
    const UpgradeRequest asked{
        .url = url_of(server.url("/", "ws")), .headers = {}, .subprotocols = {}};
    boost::asio::co_spawn(brief, Open::make(there, asked, line, trace), [](std::exception_ptr) {});
    while (trace.exchanges().empty()) brief.run_one();
    brief.poll();
  }
  EXPECT_EQ(trace.exchanges().at(0).status, 101);
}

}  // namespace
}  // namespace sonde::net
