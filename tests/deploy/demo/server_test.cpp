#include <gtest/gtest.h>
#include <poll.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "tests/deploy/demo/requests.hpp"
#include "tests/deploy/demo/running_demo.hpp"

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;
using boost::system::error_code;

namespace sonde::demo::server_test {
namespace {

tcp::socket connect(asio::io_context& loop, std::uint16_t port) {
  tcp::socket socket(loop);
  socket.connect({asio::ip::address_v4::loopback(), port});
  return socket;
}

// One request on a connection of its own; the answer as it came, header and all.
std::string converse(std::uint16_t port, const std::string& request) {
  asio::io_context loop;
  auto socket = connect(loop, port);
  asio::write(socket, asio::buffer(request));
  std::string answer;
  error_code error;
  asio::read(socket, asio::dynamic_buffer(answer), error);
  EXPECT_EQ(error, asio::error::eof);
  return answer;
}

std::string put_fault(std::uint16_t port, const std::string& name) {
  return converse(port,
                  "PUT /faults/" + name + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
}

// A chat client, as simple as can be.
class Chat {
 public:
  Chat(std::uint16_t port, const std::string& token, const std::string& path = "/websocket")
      : socket_(connect(loop_, port)) {
    socket_.set_option(websocket::stream_base::decorator([token](websocket::request_type& request) {
      if (!token.empty()) request.set("Authorization", "Bearer " + token);
      request.set("Sec-WebSocket-Protocol", "chat.v1");
    }));
    socket_.handshake(response_, "localhost", path, error_);
  }
  unsigned status() const { return response_.result_int(); }
  std::string protocol() const { return std::string(response_["Sec-WebSocket-Protocol"]); }
  std::string read() {  // empty: the session ended
    boost::beast::flat_buffer buffer;
    socket_.read(buffer, error_);
    return error_ ? std::string() : boost::beast::buffers_to_string(buffer.data());
  }
  void say(const std::string& text) { socket_.write(asio::buffer(text)); }
  void ask(const std::string& prompt) {
    say(R"({"type":"user_message","payload":{"thread_id":"t1","content":")" + prompt + "\"}}");
  }
  const error_code& error() const { return error_; }
  unsigned close_code() const { return socket_.reason().code; }
  bool silent_for(int milliseconds) {
    pollfd wanted{.fd = socket_.next_layer().native_handle(), .events = POLLIN, .revents = 0};
    return poll(&wanted, 1, milliseconds) == 0;
  }

 private:
  asio::io_context loop_;
  websocket::stream<tcp::socket, false> socket_;
  websocket::response_type response_;
  error_code error_;
};

TEST(Server, AnswersSeveralRequestsOnOneConnection) {
  const RunningDemo demo;
  const auto both = converse(demo.port(),
                             "GET /api/health HTTP/1.1\r\nHost: x\r\n\r\n"
                             "HEAD /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_NE(both.find(R"({"status":"healthy"})"), std::string::npos);
  EXPECT_NE(both.find("Content-Length: 15\r\n"), std::string::npos);
  EXPECT_TRUE(both.ends_with("\r\n\r\n")) << both;
}

TEST(Server, RefusesWhatIsTooBigOrNoHttp) {
  const RunningDemo demo;
  EXPECT_TRUE(converse(demo.port(), "hello\r\n\r\n").starts_with("HTTP/1.1 400 "));
  const auto endless = "GET / HTTP/1.1\r\nX: " + std::string(20000, 'x');
  EXPECT_TRUE(converse(demo.port(), endless).starts_with("HTTP/1.1 431 "));
  EXPECT_TRUE(converse(demo.port(), "POST /token HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n")
                  .starts_with("HTTP/1.1 413 "));
}

TEST(Server, AHangingLoginLeavesOthersAlone) {
  const RunningDemo demo;
  put_fault(demo.port(), "login_hang");
  asio::io_context loop;
  auto hanging = connect(loop, demo.port());
  const std::string login = "POST /auth/login HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}";
  asio::write(hanging, asio::buffer(login));
  const auto health = "GET /api/health HTTP/1.1\r\nConnection: close\r\n\r\n";
  EXPECT_TRUE(converse(demo.port(), health).starts_with("HTTP/1.1 200 "));
  EXPECT_EQ(hanging.available(), 0U);
}

TEST(Server, APortThatIsTakenIsAClearError) {
  const RunningDemo demo;
  auto options = RunningDemo::quick();
  options.port = demo.port();
  try {
    const RunningDemo second(options);
    FAIL() << "listened twice on " << demo.port();
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(
        std::string(error.what()),
        "cannot listen on 127.0.0.1:" + std::to_string(demo.port()) + ": Address already in use");
  }
}

TEST(Session, FiveEventsAndTheRightProduct) {
  const RunningDemo demo;
  Chat chat(demo.port(), demo.token());
  ASSERT_EQ(chat.status(), 101U);
  EXPECT_EQ(chat.protocol(), "chat.v1");
  const auto ready = chat.read();
  EXPECT_EQ(text_at(ready, "type"), "connection_established");
  EXPECT_EQ(text_at(ready, "user_id"), "alice@example.com");
  EXPECT_EQ(text_at(ready, "mode"), "main");
  chat.ask("What is 37 * 58?");
  for (const auto* event :
       {"agent_started", "agent_thinking", "tool_executing", "tool_completed"}) {
    EXPECT_EQ(text_at(chat.read(), "type"), event);
  }
  const auto last = chat.read();
  EXPECT_EQ(text_at(last, "type"), "agent_completed");
  EXPECT_EQ(text_at(last, "thread_id"), "t1");
  EXPECT_EQ(text_at(last, "final_response"), "2146");
}

TEST(Session, IsRefusedWithoutAToken) {
  const RunningDemo demo;
  EXPECT_EQ(Chat(demo.port(), "").status(), 401U);
  EXPECT_EQ(Chat(demo.port(), "garbage").status(), 401U);
  EXPECT_EQ(Chat(demo.port(), demo.token(), "/ws").status(), 500U);
}

TEST(Session, PingsAndNonsenseAreAnswered) {
  const RunningDemo demo;
  Chat chat(demo.port(), demo.token());
  chat.read();
  chat.say(R"({"type":"ping"})");
  EXPECT_EQ(text_at(chat.read(), "type"), "pong");
  chat.say(R"({"type":"dance"})");
  EXPECT_EQ(text_at(chat.read(), "received_type"), "dance");
  chat.say("[");
  EXPECT_EQ(text_at(chat.read(), "error_code"), "VALIDATION_FAILED");
  chat.say("\"" + std::string(70000, 'x') + "\"");
  EXPECT_EQ(chat.read(), "");
  EXPECT_EQ(chat.close_code(), 1009U);
}

TEST(Session, TheOpenEndpointRunsNoAgent) {
  const RunningDemo demo;
  Chat chat(demo.port(), "", "/open");
  EXPECT_EQ(text_at(chat.read(), "user_id"), "demo-user-001");
  chat.ask("6 * 7");
  EXPECT_EQ(text_at(chat.read(), "content"), "Legacy processing: user_message");
}

TEST(Session, AcceptThenCloseSays1008) {
  const RunningDemo demo;
  put_fault(demo.port(), "upgrade_close");
  Chat chat(demo.port(), demo.token());
  EXPECT_EQ(chat.status(), 101U);
  EXPECT_EQ(chat.read(), "");
  EXPECT_EQ(chat.close_code(), 1008U);
}

TEST(Session, AcceptThenFinSaysNothing) {
  const RunningDemo demo;
  put_fault(demo.port(), "upgrade_fin");
  Chat chat(demo.port(), demo.token());
  EXPECT_EQ(chat.status(), 101U);
  EXPECT_EQ(chat.read(), "");
  EXPECT_EQ(chat.error(), asio::error::eof);
}

TEST(Session, AFinInMidStreamComesAfterTheFramesBeforeIt) {
  const RunningDemo demo;
  put_fault(demo.port(), "midstream_fin");
  Chat chat(demo.port(), demo.token());
  chat.read();
  chat.ask("6 * 7");
  for (const auto* event : {"agent_started", "agent_thinking", "tool_executing"}) {
    EXPECT_EQ(text_at(chat.read(), "type"), event);
  }
  EXPECT_EQ(chat.read(), "");
  EXPECT_EQ(chat.error(), asio::error::eof);
}

TEST(Session, AStallKeepsTheSessionAlive) {
  const RunningDemo demo;
  put_fault(demo.port(), "stall");
  Chat chat(demo.port(), demo.token());
  chat.read();
  chat.ask("6 * 7");
  for (int i = 0; i < 3; ++i) chat.read();
  chat.say(R"({"type":"ping"})");
  EXPECT_EQ(text_at(chat.read(), "type"), "pong");
}

TEST(Session, WithoutReadyItStillListens) {
  const RunningDemo demo;
  put_fault(demo.port(), "no_ready");
  Chat chat(demo.port(), demo.token());
  EXPECT_TRUE(chat.silent_for(50));
  chat.say(R"({"type":"ping"})");
  EXPECT_EQ(text_at(chat.read(), "type"), "pong");
}

TEST(Session, EventsReachOthersOnlyUnderItsFault) {
  const RunningDemo demo;
  Chat alice(demo.port(), demo.token());
  Chat bob(demo.port(), demo.others_token());
  alice.read();
  EXPECT_EQ(text_at(bob.read(), "user_id"), "bob@example.com");
  alice.ask("6 * 7");
  for (int i = 0; i < 5; ++i) alice.read();
  EXPECT_TRUE(bob.silent_for(50));
  put_fault(demo.port(), "cross_user");
  alice.ask("6 * 7");
  const auto stray = bob.read();
  EXPECT_EQ(text_at(stray, "type"), "agent_started");
  EXPECT_EQ(text_at(stray, "user_id"), "alice@example.com");
}

TEST(Session, ThinkTimeLiesBetweenTheEvents) {
  auto options = RunningDemo::quick();
  options.think = std::chrono::milliseconds(20);
  const RunningDemo demo(options);
  Chat chat(demo.port(), demo.token());
  chat.read();
  const auto begin = std::chrono::steady_clock::now();
  chat.ask("6 * 7");
  for (int i = 0; i < 5; ++i) chat.read();
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(80));
}

}  // namespace
}  // namespace sonde::demo::server_test
