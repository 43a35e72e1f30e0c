#pragma once
// A session with a scripted server, and the words to speak of it.
#include "probes/net/websocket/websocket.hpp"
#include "tests/probes/net/http/http_fixture.hpp"
#include "tests/support/ws_server.hpp"

namespace sonde::net {

using namespace std::chrono_literals;
using test::Script;
using test::Server;

inline Script shout(const std::string& message) { return {test::text(message + "!")}; }

class WebsocketSession : public OnLoop {
 protected:
  Websocket open(const Server& server) {
    const UpgradeRequest asked{
        .url = url_of(server.url("/ws", "ws")), .headers = {}, .subprotocols = {}};
    Upgraded upgraded = run(upgrade(network, asked, line, trace));
    EXPECT_TRUE(upgraded.session) << upgraded.answer.failure.detail;
    return std::move(*upgraded.session);
  }
  std::optional<Message> receive(Websocket& session, Span within_span = 5s) {
    return run(session.receive(Clock::now() + within_span));
  }
  std::string text_from(Websocket& session) {
    const auto message = receive(session);
    return message ? message->payload : "<none>";
  }
  // Waits until the session is over; what still came is dropped.
  void wait_for_end(Websocket& session) {
    while (receive(session)) {
    }
    ASSERT_TRUE(session.ended());
  }
  Reason fault_after(Script script) {
    Server server(std::move(script));
    Websocket session = open(server);
    wait_for_end(session);
    return session.fault() ? session.fault()->reason : Reason::ok;
  }
  Ending ending_after(Script script) {
    Server server(std::move(script));
    Websocket session = open(server);
    wait_for_end(session);
    EXPECT_FALSE(session.fault()) << session.fault()->detail;
    return session.ended().value_or(Ending{});
  }
  bool sent(Websocket& session, std::string_view payload, bool binary = false) {
    struct Send {
      static boost::asio::awaitable<bool> make(Websocket& to, std::string_view bytes, bool raw) {
        const auto result = co_await to.send(bytes, raw);
        co_return result.has_value();
      }
    };
    return run(Send::make(session, payload, binary));
  }
  void shut(Websocket& session, std::uint16_t code, Span within_span) {
    struct Shut {
      static boost::asio::awaitable<bool> make(Websocket& open, std::uint16_t why, Instant until) {
        co_await open.close(why, until);
        co_return true;
      }
    };
    run(Shut::make(session, code, Clock::now() + within_span));
  }
};

}  // namespace sonde::net
