#include "probes/net/websocket/websocket.hpp"
#include "tests/probes/net/http/http_fixture.hpp"
#include "tests/support/ws_server.hpp"

namespace sonde::net::http_upgrade_test {
namespace {

using namespace std::chrono_literals;
using test::Script;
using test::Server;

class HttpUpgrade : public OnLoop {
 protected:
  Upgraded upgrade_at(const Server& server, std::vector<std::string> subprotocols = {}) {
    const UpgradeRequest asked{.url = url_of(server.url("/ws", "ws")),
                               .headers = {{"Authorization", "Bearer abcd1234"}},
                               .subprotocols = std::move(subprotocols)};
    return run(upgrade(network, asked, line, trace));
  }
  Failure failure_of(Script script) {
    Server server(std::move(script));
    Upgraded upgraded = upgrade_at(server);
    EXPECT_FALSE(upgraded.session);
    return upgraded.answer.failure;
  }
  // A 101 that is right but for what the test changes.
  Failure failure_of_switch(const std::string& headers) {
    const std::string line = "HTTP/1.1 101 Switching Protocols\r\n";
    const Failure failure = failure_of({test::switch_protocols(line + headers + "\r\n")});
    EXPECT_EQ(failure.reason, Reason::bad_handshake) << failure.detail;
    return failure;
  }
};

constexpr auto upgrade_header = "Upgrade: websocket\r\n";
constexpr auto connection_header = "Connection: Upgrade\r\n";
constexpr auto accept_header = "Sec-WebSocket-Accept: {accept}\r\n";

std::string right() { return std::string(upgrade_header) + connection_header + accept_header; }

TEST_F(HttpUpgrade, ARight101OpensASession) {
  Server server(Script{test::accept(), test::hang()});
  Upgraded upgraded = upgrade_at(server);
  ASSERT_TRUE(upgraded.session) << upgraded.answer.failure.detail;
  EXPECT_FALSE(upgraded.session->ended());
  EXPECT_EQ(upgraded.session->subprotocol(), "");
  const auto seen = server.requests().at(0);
  EXPECT_EQ(seen.header("Upgrade"), "websocket");
  EXPECT_EQ(seen.header("Connection"), "Upgrade");
  EXPECT_EQ(seen.header("Sec-WebSocket-Version"), "13");
  EXPECT_EQ(seen.header("Sec-WebSocket-Key").size(), 24U);
  EXPECT_EQ(seen.header("Sec-WebSocket-Extensions"), "");
  EXPECT_EQ(seen.header("Authorization"), "Bearer abcd1234");
  EXPECT_EQ(trace.exchanges().at(0).status, 101);
}

TEST_F(HttpUpgrade, UpgradeIsComparedWithoutCase) {
  for (const auto* headers : {"upgrade: WebSocket\r\nconnection: keep-alive, UPGRADE\r\n",
                              "UPGRADE: WEBSOCKET\r\nCONNECTION: upgrade\r\n"}) {
    Server server(Script{test::switch_protocols("HTTP/1.1 101 OK\r\n" + std::string(headers) +
                                                accept_header + "\r\n"),
                         test::hang()});
    EXPECT_TRUE(upgrade_at(server).session) << headers;
  }
}

TEST_F(HttpUpgrade, AWrong101NamesTheHeader) {
  const auto names = [](const Failure& failure, std::string_view header) {
    return failure.detail.find(header) != std::string::npos;
  };
  const std::string u = upgrade_header, c = connection_header, a = accept_header;
  EXPECT_TRUE(names(failure_of_switch(c + a), "Upgrade is missing"));
  EXPECT_TRUE(names(failure_of_switch("Upgrade: h2c\r\n" + c + a), "Upgrade is \"h2c\""));
  EXPECT_TRUE(names(failure_of_switch(u + a), "Connection is missing"));
  EXPECT_TRUE(names(failure_of_switch(u + "Connection: close\r\n" + a), "Connection is \"close\""));
  EXPECT_TRUE(names(failure_of_switch(u + c), "Sec-WebSocket-Accept is missing"));
  EXPECT_TRUE(names(failure_of_switch(u + c + "Sec-WebSocket-Accept: bm8=\r\n"),
                    "Sec-WebSocket-Accept is \"bm8=\""));
  EXPECT_TRUE(names(failure_of_switch(u + u + c + a), "Upgrade comes more than once"));
  EXPECT_TRUE(names(failure_of_switch("Upgrade: websocket, h2c\r\n" + c + a), "more than once"));
  EXPECT_TRUE(names(failure_of_switch(u + c + a + a), "Sec-WebSocket-Accept comes more than once"));
}

TEST_F(HttpUpgrade, WhatWasNotOfferedIsRefused) {
  failure_of_switch(right() + "Sec-WebSocket-Protocol: chat.v1\r\n");
  failure_of_switch(right() + "Sec-WebSocket-Extensions: permessage-deflate\r\n");
}

TEST_F(HttpUpgrade, TheSelectedSubprotocolIsTold) {
  Server server(Script{test::accept({{"Sec-WebSocket-Protocol", "chat.v1"}}), test::hang()});
  Upgraded upgraded = upgrade_at(server, {"chat.v1", "bearer.abc"});
  ASSERT_TRUE(upgraded.session);
  EXPECT_EQ(upgraded.session->subprotocol(), "chat.v1");
  EXPECT_EQ(server.requests().at(0).header("Sec-WebSocket-Protocol"), "chat.v1, bearer.abc");
}

TEST_F(HttpUpgrade, OneSubprotocolIsSelectedNotTwo) {
  Server list(Script{test::accept({{"Sec-WebSocket-Protocol", "a, b"}})});
  EXPECT_EQ(upgrade_at(list, {"a", "b"}).answer.failure.reason, Reason::subprotocol_mismatch);
  Server twice(
      Script{test::accept({{"Sec-WebSocket-Protocol", "a"}, {"Sec-WebSocket-Protocol", "b"}})});
  EXPECT_EQ(upgrade_at(twice, {"a", "b"}).answer.failure.reason, Reason::subprotocol_mismatch);
}

TEST_F(HttpUpgrade, OfOfferedSubprotocolsOneIsSelected) {
  const std::vector<std::string> offered = {"chat.v1", "bearer.abc"};
  for (const std::string answer :
       {"", "Sec-WebSocket-Protocol:\r\n", "Sec-WebSocket-Protocol: \r\n",
        "Sec-WebSocket-Protocol: chat.v2\r\n"}) {
    Server server(Script{test::switch_protocols("HTTP/1.1 101 OK\r\n" + right() + answer + "\r\n"),
                         test::hang()});
    const Upgraded upgraded = upgrade_at(server, offered);
    EXPECT_FALSE(upgraded.session) << answer;
    EXPECT_EQ(upgraded.answer.failure.reason, Reason::subprotocol_mismatch) << answer;
    UpgradeRequest asked{
        .url = url_of(server.url("/", "ws")), .headers = {}, .subprotocols = offered};
    asked.any_subprotocol = true;
    EXPECT_TRUE(run(upgrade(network, asked, line, trace)).session) << answer;
  }
}

TEST_F(HttpUpgrade, AFloodOfInterimResponsesIsNoAnswer) {
  std::string flood;
  for (int i = 0; i < 80; ++i) flood += "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
  Server server(Script{test::send(flood), test::hang()});
  const Upgraded upgraded = upgrade_at(server);
  EXPECT_EQ(upgraded.answer.response.status, 0);
  EXPECT_EQ(upgraded.answer.failure.reason, Reason::bad_http);
  EXPECT_EQ(upgraded.answer.failure.detail, "more than 64 interim responses");
}

TEST_F(HttpUpgrade, OwnMistakesAreNotTheTargets) {
  Server server(Script{test::accept()});
  EXPECT_EQ(upgrade_at(server, {"not a token"}).answer.failure.reason, Reason::own_request);
  const UpgradeRequest asked{.url = url_of(server.url("/", "ws")),
                             .headers = {{"sec-websocket-protocol", "x"}},
                             .subprotocols = {}};
  const Upgraded upgraded = run(upgrade(network, asked, line, trace));
  EXPECT_EQ(upgraded.answer.failure.reason, Reason::own_request);
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(HttpUpgrade, ARefusalIsKeptWithItsBody) {
  Server server(Script{test::json(401, R"({"error":"token expired"})")});
  const Upgraded upgraded = upgrade_at(server);
  EXPECT_FALSE(upgraded.session);
  EXPECT_TRUE(upgraded.answer.ok());
  EXPECT_EQ(upgraded.answer.response.status, 401);
  EXPECT_EQ(upgraded.answer.response.body, R"({"error":"token expired"})");
  EXPECT_EQ(trace.exchanges().at(0).body, R"({"error":"token expired"})");
}

TEST_F(HttpUpgrade, ADrippingRefusalIsNotWaitedFor) {
  Server server(Script{test::send("HTTP/1.1 403 Forbidden\r\nContent-Length: 9999\r\n\r\nstart"),
                       test::drip(std::string(9000, '.'), 100ms)});
  const Instant before = Clock::now();
  const Upgraded upgraded = upgrade_at(server);
  EXPECT_LT(Clock::now() - before, 2s);
  EXPECT_TRUE(upgraded.answer.ok());
  EXPECT_EQ(upgraded.answer.response.status, 403);
  EXPECT_TRUE(upgraded.answer.response.body.starts_with("start"));
}

TEST_F(HttpUpgrade, ABigRefusalIsKeptToItsStart) {
  Server server(Script{test::send("HTTP/1.1 500 Oops\r\n\r\n"), test::endless("0123456789")});
  const Upgraded upgraded = upgrade_at(server);
  EXPECT_TRUE(upgraded.answer.ok());
  EXPECT_EQ(upgraded.answer.response.status, 500);
  EXPECT_EQ(upgraded.answer.response.body.size(), 4096U);
}

TEST_F(HttpUpgrade, ARefusalThatBreaksIsStillARefusal) {
  Server server(
      Script{test::send("HTTP/1.1 403 No\r\nContent-Length: 99\r\n\r\nbro"), test::rst()});
  const Upgraded upgraded = upgrade_at(server);
  EXPECT_TRUE(upgraded.answer.ok());
  EXPECT_EQ(upgraded.answer.response.status, 403);
}

TEST_F(HttpUpgrade, EndsWithoutAnAnswerAreToldApart) {
  EXPECT_EQ(failure_of({test::fin()}).reason, Reason::handshake_eof);
  EXPECT_EQ(failure_of({test::rst()}).reason, Reason::tcp_reset);
  EXPECT_EQ(failure_of({test::send("HTTP/1.1 101 Sw"), test::fin()}).reason, Reason::closed_early);
}

TEST_F(HttpUpgrade, EndlessHeadersEndAtTheBound) {
  EXPECT_EQ(
      failure_of({test::send("HTTP/1.1 101 OK\r\n"), test::endless("X-Pad: aaaaaaaa\r\n")}).reason,
      Reason::header_too_big);
}

TEST_F(HttpUpgrade, AnHttp2ServerIsNamed) {
  const std::string settings("\x00\x00\x12\x04\x00\x00\x00\x00\x00", 9);
  EXPECT_EQ(failure_of({test::send(settings), test::fin()}).reason, Reason::alpn_h2);
}

TEST_F(HttpUpgrade, ADeadlineCutsAServerThatSaysNothing) {
  Server server(Script{test::hang()});
  trace.at(Step::upgrade);
  struct Attempt {
    static boost::asio::awaitable<Verdict> make(HttpUpgrade& self, UpgradeRequest asked) {
      const auto upgraded = co_await upgrade(self.network, asked, self.line, self.trace);
      co_return Verdict::of(Step::upgrade, upgraded.answer.failure);
    }
  };
  const UpgradeRequest asked{
      .url = url_of(server.url("/", "ws")), .headers = {}, .subprotocols = {}};
  auto attempt = Attempt::make(*this, asked);
  const Verdict verdict = run(within(Clock::now() + 50ms, std::move(attempt), trace));
  EXPECT_EQ(verdict.reason, Reason::handshake_timeout);
}

}  // namespace
}  // namespace sonde::net::http_upgrade_test
