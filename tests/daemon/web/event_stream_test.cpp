#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include <boost/asio/read_until.hpp>

#include "tests/daemon/web/listening.hpp"

namespace sonde::web::event_stream_test {
namespace asio = boost::asio;
namespace {

using testing::HasSubstr;
using testing::Not;

// A route whose answer goes on.
struct EventStreamTest : Listening {
  std::shared_ptr<EventStream> events = std::make_shared<EventStream>();
  Web::Options options{.routes = {{.path = "/events",
                                   .methods = {"GET"},
                                   .answer =
                                       [this](const WebRequest&, const Respond& respond) {
                                         respond({.type = "text/event-stream", .events = events});
                                       }},
                                  {.path = "/now",
                                   .methods = {"GET"},
                                   .answer = [](const WebRequest&, const Respond& respond) {
                                     respond({.body = "now\n"});
                                   }}}};

  asio::ip::tcp::socket follower() {
    auto socket = client();
    asio::write(socket,
                asio::buffer(std::string("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")));
    return socket;
  }
  void push(const std::string& text) {
    asio::post(loop, [this, text] { events->push(text); });
  }
  template <class Get>
  auto on_loop(Get get) {
    std::promise<decltype(get())> made;
    asio::post(loop, [&] { made.set_value(get()); });
    return made.get_future().get();
  }
  static std::string until(asio::ip::tcp::socket& socket, const std::string& end) {
    std::string text;
    boost::system::error_code error;
    asio::read_until(socket, asio::dynamic_buffer(text), end, error);
    return text;
  }
};

TEST_F(EventStreamTest, SendsWhatIsPushedWhileTheConnectionStaysOpen) {
  start(options);
  auto socket = follower();
  const std::string head = until(socket, "\r\n\r\n");
  EXPECT_THAT(head, HasSubstr("Content-Type: text/event-stream"));
  EXPECT_THAT(head, Not(HasSubstr("Content-Length")));
  EXPECT_THAT(head, HasSubstr("Connection: close"));
  push("data: 1\n\n");
  EXPECT_THAT(until(socket, "data: 1\n\n"), HasSubstr("data: 1\n\n"));
  push("data: 2\n\n");
  EXPECT_THAT(until(socket, "data: 2\n\n"), HasSubstr("data: 2\n\n"));
}

TEST_F(EventStreamTest, ASilentStreamHasAHeartbeat) {
  options.heartbeat = std::chrono::milliseconds(10);
  start(options);
  auto socket = follower();
  EXPECT_THAT(until(socket, ":\n\n:\n\n"), HasSubstr(":\n\n:\n\n"));
}

TEST_F(EventStreamTest, EndsWhenTheRouteEndsIt) {
  start(options);
  auto socket = follower();
  until(socket, "\r\n\r\n");
  asio::post(loop, [this] { events->end(); });
  EXPECT_EQ(rest_of(socket), "");
}

TEST_F(EventStreamTest, DoesNotHoldUpAStop) {
  start(options);
  auto socket = follower();
  until(socket, "\r\n\r\n");
  stop();
  EXPECT_EQ(rest_of(socket), "");
  EXPECT_TRUE(events->ended());
}

TEST_F(EventStreamTest, EndsAtOnceWhenTheServerDrains) {
  start(options);
  auto socket = follower();
  until(socket, "\r\n\r\n");
  std::promise<void> drained;
  asio::post(loop, [&] { web->drain(std::chrono::hours(1), [&drained] { drained.set_value(); }); });
  EXPECT_EQ(drained.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
  EXPECT_EQ(rest_of(socket), "");
}

TEST_F(EventStreamTest, MakesRoomForOtherClients) {
  options.connections_max = 4;
  start(options);
  std::vector<asio::ip::tcp::socket> held;
  for (int i = 0; i < 8; ++i) {
    held.push_back(client());
    asio::write(held.back(),
                asio::buffer(std::string("GET /now HTTP/1.1\r\nHost: localhost\r\n\r\n")));
    until(held.back(), "now\n");
  }
  auto socket = follower();
  until(socket, "\r\n\r\n");
  for (int i = 0; i < 4; ++i) EXPECT_THAT(get("/now"), HasSubstr("now\n"));
}

TEST_F(EventStreamTest, NoticesThatAClientHasGone) {
  options.heartbeat = std::chrono::milliseconds(5);
  start(options);
  auto socket = follower();
  until(socket, "\r\n\r\n");
  socket.close();
  const auto limit = Clock::now() + std::chrono::seconds(10);
  while (!on_loop([this] { return events->ended(); }) && Clock::now() < limit) {
  }
  EXPECT_TRUE(on_loop([this] { return events->ended(); }));
}

TEST_F(EventStreamTest, HeadGetsNoStream) {
  start(options);
  EXPECT_THAT(get("/events", "", "HEAD"), HasSubstr("Content-Length: 0"));
}

}  // namespace
}  // namespace sonde::web::event_stream_test
