#include "tests/probes/net/websocket/websocket_fixture.hpp"

namespace sonde::net::websocket_test {
namespace {

TEST_F(WebsocketSession, MessagesComeInOrderWithTheirKind) {
  Server server(Script{test::accept(), test::text("one"), test::binary("\x01\x02"), test::hang()});
  Websocket session = open(server);
  const auto first = receive(session);
  const auto second = receive(session);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->payload, "one");
  EXPECT_FALSE(first->binary);
  EXPECT_EQ(second->payload, "\x01\x02");
  EXPECT_TRUE(second->binary);
  EXPECT_LE(first->at, second->at);
}

TEST_F(WebsocketSession, BytesThatCameWithThe101AreNotLost) {
  const std::string response =
      "HTTP/1.1 101 OK\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
      "Sec-WebSocket-Accept: {accept}\r\n\r\n";
  const std::string frames =
      test::frame(test::op_text, "early") + test::frame(test::op_text, "bird");
  Server server(Script{test::switch_protocols(response + frames + frames.substr(0, 3)),
                       test::send(frames.substr(3)), test::hang()});
  Websocket session = open(server);
  for (const auto* text : {"early", "bird", "early", "bird"}) EXPECT_EQ(text_from(session), text);
}

TEST_F(WebsocketSession, FragmentsAreOneMessageAndPingsMayComeBetween) {
  Server server(Script{test::accept(), test::send(test::frame(test::op_text, "a", {.fin = false})),
                       test::ping("x"),
                       test::send(test::frame(test::op_continuation, "", {.fin = false})),
                       test::send(test::frame(test::op_continuation, "bc")), test::hang()});
  Websocket session = open(server);
  EXPECT_EQ(text_from(session), "abc");
}

TEST_F(WebsocketSession, LongMessagesPassWholeBothWays) {
  const std::string text(200'000, 'x');
  Server server(
      Script{test::accept(), test::text(text), test::expect(test::op_text), test::hang()});
  Websocket session = open(server);
  EXPECT_EQ(text_from(session), text);
  EXPECT_TRUE(sent(session, std::string(70'000, 'y')));
  shut(session, 1000, 1s);
  const auto frames = server.frames();
  ASSERT_GE(frames.size(), 1U);
  EXPECT_EQ(frames[0].payload, std::string(70'000, 'y'));
  EXPECT_TRUE(frames[0].masked);
  EXPECT_TRUE(frames[0].fin);
}

TEST_F(WebsocketSession, SendsAndReceives) {
  Server server(Script{test::accept(), test::on_message(shout)});
  Websocket session = open(server);
  for (const auto* word : {"one", "two", "three"}) {
    EXPECT_TRUE(sent(session, word));
    EXPECT_EQ(text_from(session), word + std::string("!"));
  }
  EXPECT_TRUE(sent(session, "raw", true));
  EXPECT_EQ(text_from(session), "raw!");
  ASSERT_EQ(server.frames().size(), 4U);
  EXPECT_EQ(server.frames().back().opcode, test::op_binary);
}

TEST_F(WebsocketSession, ATimeoutLeavesTheSessionAlive) {
  Server server(
      Script{test::accept(), test::expect(test::op_text), test::text("late"), test::hang()});
  Websocket session = open(server);
  EXPECT_FALSE(receive(session, 20ms));
  EXPECT_FALSE(session.ended());
  EXPECT_TRUE(sent(session, "go on"));
  EXPECT_EQ(text_from(session), "late");
}

TEST_F(WebsocketSession, ADeadlineCutsTheWaiterNotTheSession) {
  Server server(
      Script{test::accept(), test::expect(test::op_text), test::text("late"), test::hang()});
  Websocket session = open(server);
  struct Attempt {
    static boost::asio::awaitable<Verdict> make(Websocket& from, Instant& returned) {
      const auto message = co_await from.receive(Clock::now() + 1h);
      returned = Clock::now();
      co_return message ? Verdict::pass() : Verdict::of(Step::ready, {Reason::cut, ""});
    }
  };
  Instant returned;
  const Instant limit = Clock::now() + 40ms;
  auto attempt = Attempt::make(session, returned);
  const Verdict verdict = run(within(limit, std::move(attempt), trace));
  EXPECT_NE(verdict.reason, Reason::ok);
  EXPECT_GE(returned, limit);
  EXPECT_FALSE(session.ended());
  EXPECT_TRUE(sent(session, "go on"));
  EXPECT_EQ(text_from(session), "late");
}

TEST_F(WebsocketSession, PingsAreAnsweredWhileNobodyReceives) {
  Server server(Script{test::accept(), test::ping("are you there"), test::expect(test::op_pong),
                       test::text("thanks"), test::hang()});
  Websocket session = open(server);
  EXPECT_EQ(text_from(session), "thanks");
  EXPECT_EQ(server.frames().at(0).payload, "are you there");
}

TEST_F(WebsocketSession, APingMeasuresTheRoundTrip) {
  Server server(Script{test::accept(), test::on_message(shout)});
  Websocket session = open(server);
  for (int i = 0; i < 3; ++i) {
    const auto time = run(session.ping(Clock::now() + 5s));
    ASSERT_TRUE(time);
    EXPECT_GT(*time, 0ns);
    EXPECT_LT(*time, 1s);
  }
}

TEST_F(WebsocketSession, APingWithoutPongGivesNothing) {
  Server server(Script{test::accept(), test::hang()});
  Websocket session = open(server);
  EXPECT_FALSE(run(session.ping(Clock::now() + 20ms)));
  EXPECT_FALSE(session.ended());
}

TEST_F(WebsocketSession, MessagesAndFramesAreBounded) {
  line.limits.frame = 1000;
  EXPECT_EQ(fault_after({test::accept(), test::text(std::string(1001, 'x')), test::hang()}),
            Reason::message_too_big);
  const std::string four_gigabytes("\x82\x7f\x00\x00\x00\x01\x00\x00\x00\x00", 10);
  EXPECT_EQ(fault_after({test::accept(), test::send(four_gigabytes), test::hang()}),
            Reason::message_too_big);
  const auto part = test::frame(test::op_continuation, std::string(600, 'x'), {.fin = false});
  EXPECT_EQ(fault_after({test::accept(), test::send(test::frame(test::op_text, "", {.fin = false})),
                         test::send(part + part), test::hang()}),
            Reason::message_too_big);
}

TEST_F(WebsocketSession, EndlessFramesEndAtTheBound) {
  line.limits.frames = 50;
  EXPECT_EQ(fault_after({test::accept(), test::endless(test::frame(test::op_text, "x"))}),
            Reason::too_many_frames);
  EXPECT_EQ(fault_after({test::accept(), test::endless(test::frame(test::op_ping, "x"))}),
            Reason::too_many_frames);
}

TEST_F(WebsocketSession, AMessageInEndlessFragmentsEnds) {
  line.limits.frame = 10'000;
  const auto nothing = test::frame(test::op_continuation, "", {.fin = false});
  EXPECT_EQ(fault_after({test::accept(), test::send(test::frame(test::op_text, "", {.fin = false})),
                         test::endless(nothing + nothing + nothing + nothing)}),
            Reason::too_many_frames);
}

TEST_F(WebsocketSession, TheInboxIsBoundedAndLosesNothing) {
  line.limits.frame = 1000;
  Script script{test::accept()};
  for (int i = 0; i < 100; ++i)
    script.push_back(test::text(std::to_string(i) + std::string(300, '.')));
  script.push_back(test::hang());
  Server server(std::move(script));
  Websocket session = open(server);
  EXPECT_FALSE(run(session.ping(Clock::now() + 50ms))) << "reading has stopped, so no pong is seen";
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(text_from(session), std::to_string(i) + std::string(300, '.'));
  }
}

TEST_F(WebsocketSession, InvalidUtf8IsMalformed) {
  EXPECT_EQ(fault_after({test::accept(), test::text("\xc3\x28"), test::hang()}), Reason::malformed);
  EXPECT_EQ(fault_after({test::accept(), test::text("cut \xe2\x82"), test::hang()}),
            Reason::malformed);
}

TEST_F(WebsocketSession, ACompressedFrameThatWasNotAgreedOnIsAnExtensionFault) {
  const std::string compressed = test::frame(test::op_text, "x", {.rsv = 4});
  EXPECT_EQ(fault_after({test::accept(), test::send(compressed), test::hang()}),
            Reason::extension_fault);
}

TEST_F(WebsocketSession, BrokenFramesAreProtocolErrors) {
  const std::string broken[] = {
      test::frame(test::op_text, "x", {.masked = true}),
      test::frame(3, "x"),                      // a reserved opcode
      test::frame(test::op_continuation, "x"),  // of nothing
      test::frame(test::op_ping, std::string(126, 'x')),
      test::frame(test::op_ping, "x", {.fin = false}),
      test::frame(test::op_close, "\x03"),           // half a code
      test::frame(test::op_close, {"\x03\xed", 2}),  // 1005, never sent
      std::string("\x82\x7e\x00\x01x", 5),           // 1 as 16 bits
      test::frame(test::op_text, "a", {.fin = false}) + test::frame(test::op_text, "b")};
  for (const auto& bytes : broken) {
    EXPECT_EQ(fault_after({test::accept(), test::send(bytes), test::hang()}),
              Reason::protocol_error)
        << testing::PrintToString(bytes);
  }
}

}  // namespace
}  // namespace sonde::net::websocket_test
