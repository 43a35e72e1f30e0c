#include "probes/net/websocket/ws_frame.hpp"
#include "tests/probes/net/websocket/websocket_fixture.hpp"
#include "tests/support/turn_until.hpp"

namespace sonde::net::websocket_end_test {
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
}

TEST_F(WebsocketSession, AnEndWithinAFrameSaysSo) {
  EXPECT_EQ(ending_after({test::accept(), test::fin()}).reason, "");
  const std::string cuts[] = {"\x81\x7f", "\x81\x05he",
                              test::frame(test::op_text, "a", {.fin = false})};
  for (const auto& cut : cuts) {
    const Ending ending = ending_after({test::accept(), test::send(cut), test::fin()});
    EXPECT_EQ(ending.by, EndedBy::fin);
    EXPECT_EQ(ending.reason, "within a frame");
  }
}

std::string kinds_of(const std::vector<test::Frame>& frames) {
  std::string all;
  for (const auto& one : frames)
    all += one.opcode == test::op_close
               ? "close " + std::to_string(close_text(one.payload).code) + " "
           : one.opcode == test::op_pong ? "pong "
                                         : "? ";
  return all;
}

TEST_F(WebsocketSession, APingAndACloseInOneReadAreBothAnswered) {
  for (int round = 0; round < 20; ++round) {
    Server server(Script{
        test::accept(),
        test::send(test::frame(test::op_ping, "x") + test::frame(test::op_close, make_close(1000))),
        test::expect(test::op_close), test::hang()});
    Websocket session = open(server);
    wait_for_end(session);
    EXPECT_EQ(kinds_of(server.frames(2)), "pong close 1000 ");
  }
}

TEST_F(WebsocketSession, APingAndAWrongFrameInOneReadAreBothAnswered) {
  for (const std::string& wrong : {test::frame(test::op_text, "{}", {.rsv = 4}),
                                   test::frame(3, "x"), test::frame(test::op_close, "x")}) {
    Server server(Script{test::accept(), test::send(test::frame(test::op_ping, "x") + wrong),
                         test::expect(test::op_close), test::hang()});
    Websocket session = open(server);
    wait_for_end(session);
    EXPECT_EQ(kinds_of(server.frames(2)), "pong close 1002 ");
  }
}

// The peer reads nothing until it has closed: our message fills the buffers, the answer waits.
TEST_F(WebsocketSession, ACloseBehindAMessageThatIsBeingWrittenIsStillSent) {
  Server server(Script{test::accept(), test::pause(50ms), test::close(1001, "bye"),
                       test::pause(50ms), test::expect(test::op_close), test::hang()});
  Websocket session = open(server);
  const std::string large(8 * 1024 * 1024, 'x');
  EXPECT_FALSE(sent(session, large));
  wait_for_end(session);
  EXPECT_EQ(session.ended()->code, 1001);
  test::turn_until(io, [&] { return server.frames().size() == 2; });
  const auto frames = server.frames(2);
  EXPECT_EQ(frames.at(0).payload.size(), large.size());
  EXPECT_EQ(frames.at(1).opcode, test::op_close);
}

TEST_F(WebsocketSession, APeerThatReadsNothingIsNotWaitedForForLong) {
  Server server(Script{test::accept(), test::close(1001, "bye"), test::hang()});
  {
    Websocket session = open(server);
    EXPECT_FALSE(sent(session, std::string(8 * 1024 * 1024, 'x')));
    wait_for_end(session);
  }
  const Instant limit = Clock::now() + 20s;
  io.restart();
  while (io.run_one_until(limit) > 0) {
  }
  EXPECT_LT(Clock::now(), limit) << "something of the session still waits";
}

TEST_F(WebsocketSession, TheEndIsSeenOnlyWhenNothingBeforeItIsLeft) {
  for (const std::string& end :
       {test::frame(test::op_close, make_close(4401)), test::frame(3, "x"), std::string()}) {
    Server server(Script{test::accept(), test::send(test::frame(test::op_text, "refused") + end),
                         end.empty() ? test::fin() : test::hang()});
    Websocket session = open(server);
    EXPECT_FALSE(run(session.ping(Clock::now() + 5s)));
    ASSERT_TRUE(session.take());
    EXPECT_FALSE(session.ended()) << "what was taken has not been judged yet";
    EXPECT_FALSE(session.fault());
    EXPECT_FALSE(session.take());
    EXPECT_TRUE(session.ended());
  }
}

TEST_F(WebsocketSession, WhatAWrongCloseSaysCounts) {
  Server server(Script{test::accept(),
                       test::send(test::frame(test::op_close, make_close(1008) + "no caf\xc3")),
                       test::expect(test::op_close), test::hang()});
  Websocket session = open(server);
  wait_for_end(session);
  EXPECT_EQ(session.ended()->by, EndedBy::close_frame);
  EXPECT_EQ(session.ended()->code, 1008);
  EXPECT_EQ(session.ended()->reason, "no caf");
  EXPECT_EQ(session.fault()->reason, Reason::protocol_error);
  EXPECT_EQ(kinds_of(server.frames(1)), "close 1002 ");
}

TEST_F(WebsocketSession, AFaultOfThePeerEndsWithTheCodeThatWasSent) {
  const std::pair<std::string, int> faults[] = {
      {test::frame(3, "x"), 1002},
      {test::frame(test::op_text, "\xff"), 1007},
      {std::string("\x82\x7f\0\0\0\1\0\0\0\0", 10), 1009}};
  for (const auto& [bytes, code] : faults) {
    Server server(Script{test::accept(), test::send(bytes), test::hang()});
    Websocket session = open(server);
    wait_for_end(session);
    EXPECT_EQ(session.ended()->by, EndedBy::us);
    EXPECT_EQ(session.ended()->code, code);
  }
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
                                               const ConnectionOptions& line, Trace& trace) {
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
}  // namespace sonde::net::websocket_end_test
